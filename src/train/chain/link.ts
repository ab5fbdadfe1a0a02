import { builder, type Segment } from '../../clip/index.ts';
import type { SessionOptions } from '../../engine/index.ts';
import {
  cutBefore,
  type Dropout,
  Graph,
  gradients,
  partOf,
  type TrainingOptions,
  training,
  type Value,
  type ValueType,
} from '../../graph/index.ts';
import { createProgram, type Program } from './program.ts';

/** A segment compiled: for all segments of its kind whose trained parameters have the same names. */
export interface Link {
  readonly output: ValueType;
  /** Where values are dropped, in the order of the segment. */
  readonly dropouts: readonly Dropout[];
  /** Inputs besides `input`, `x` and the masks. */
  readonly extras: readonly string[];
  /** x → `y`. */
  readonly forward: Program;
  /** x → `y`, what the backward pass reads, and the buffers it moves (`buffer:<name>`). */
  readonly remembering: Program;
  /** What was remembered and `dy` → `gradient:<name>`, and `dx` where it is wanted. */
  readonly backward: Program;
  /** x and `dy` → the same, everything computed again, and the buffers. */
  readonly recomputing: Program;
}

export interface LinkOptions extends TrainingOptions {
  /** The names below the segment's prefix whose gradients are wanted. */
  readonly trained: ReadonlySet<string>;
  /** Whether an earlier segment is trained, so that the gradient of x is wanted. */
  readonly wantsX: boolean;
  readonly session: SessionOptions;
}

export const BUFFER = 'buffer:';
export const GRADIENT = 'gradient:';

/** Compiles a segment; for the first one, `x` is the tower's input itself. */
export function compileLink(
  segment: Segment,
  input: ValueType,
  x: ValueType | undefined,
  { trained, wantsX, session, ...options }: LinkOptions,
): Link {
  const graph = new Graph();
  const inputValue = graph.input('input', input.elements, input.shape);
  const xValue = x ? graph.input('x', x.elements, x.shape) : inputValue;
  const y = segment.build(builder(graph, training(options)), xValue, inputValue);
  const forwardNodes = new Set(graph.nodes);
  const dy = graph.input('dy', y.elements, y.shape);
  const wanted = [...graph.parameters].filter(([name]) => trained.has(name));
  const wrt: [string, Value][] = [
    ...(wantsX ? [['dx', xValue] as [string, Value]] : []),
    ...wanted.map(([name, value]): [string, Value] => [GRADIENT + name, value]),
  ];
  const found = gradients(
    [{ value: y, gradient: dy }],
    wrt.map(([, value]) => value),
  );
  const results = new Map(wrt.map(([name], i) => [name, found[i]!]));
  const buffers = graph.bufferUpdates.map(({ buffer, updated }) => [BUFFER + buffer.name, updated] as const);
  const cut = cutBefore(results.values(), forwardNodes, worthRemembering);
  const remembered = [...cut].map((value) => [value.name, value] as const);
  const program = (outputs: Iterable<readonly [string, Value]>, given: Iterable<Value> = []) =>
    createProgram(partOf(graph, new Map(outputs), given), session);
  const own = new Set(['input', 'x', 'dy', ...graph.dropouts.map(({ mask }) => mask.name)]);
  return {
    output: { elements: y.elements, shape: y.shape },
    dropouts: graph.dropouts,
    extras: graph.inputs.map(({ name }) => name).filter((name) => !own.has(name)),
    forward: program([['y', y]]),
    remembering: program([['y', y], ...buffers, ...remembered.filter(([, value]) => value !== y)]),
    backward: program(results, cut),
    recomputing: program([...results, ...buffers]),
  };
}

/** What is computed again sooner than handed over: one pass over values that are remembered anyway, at most. */
const QUICK = new Set(['Reshape', 'Cast', 'QuickGelu', 'Gelu', 'LayerNormalization']);

/** Numbers that took work. */
function worthRemembering({ elements, node }: Value): boolean {
  return elements === 'float32' && node !== undefined && !QUICK.has(node.operator.name);
}
