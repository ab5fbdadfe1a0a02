/**
 * A tower that is trained as a chain of its segments. Blocks share what is compiled for one of them, and weights are
 * fed, so that the backward pass goes block by block: what it reads is either remembered, or computed again from the
 * block's input (gradient checkpointing: Chen et al. 2016, arXiv 1604.06174).
 */
import type { Segment } from '../../clip/index.ts';
import type { EngineTensor, Feeds, SessionOptions } from '../../engine/index.ts';
import type { TrainingOptions, ValueType } from '../../graph/index.ts';
import type { StepSink, WeightArrays } from '../objective.ts';
import { createBuffers } from './buffers.ts';
import { BUFFER, compileLink, GRADIENT, type Link } from './link.ts';
import { dimsOf, type Program, product, type Sizes, sizesOf } from './program.ts';

export interface ChainOptions extends TrainingOptions {
  readonly segments: readonly Segment[];
  /** The type of the tower's input. */
  readonly input: ValueType;
  /** Weights by name; read at each run. */
  readonly weights: WeightArrays;
  /** Which parameters are trained. Default: all. */
  readonly trains?: (name: string) => boolean;
  /**
   * Whether blocks are computed again on the way back, instead of remembered, and the working memory of one way is given back
   * before the other: less memory, a third more work.
   */
  readonly checkpointing?: boolean;
  readonly session?: SessionOptions;
}

/** What a tower is given. */
export interface ChainBatch {
  readonly input: EngineTensor;
  /** Other inputs of segments, by name. */
  readonly extras?: Feeds;
  /** The mask of a dropout: the n-th of a segment. Needed where the chain drops values. */
  readonly mask?: (segment: number, site: number, dims: readonly number[], rate: number) => Float32Array;
}

export interface Chain {
  /** Names of the trained parameters. */
  readonly trained: readonly string[];
  /** Features of a batch: [rows, dim]. Nothing is remembered; without dropout where `mask` gives none. */
  encode(batch: ChainBatch): Promise<EngineTensor>;
  /** The same, ready for `backward`. Moves running statistics. The features stay valid until the next call. */
  forward(batch: ChainBatch): Promise<EngineTensor>;
  /** The gradients of Σ cotangent · features of the last `forward`. */
  backward(cotangent: Float32Array, to: GradientsTo): Promise<void>;
  close(): Promise<void>;
}

/** Where gradients go. */
export interface GradientsTo {
  /** Arrays that they are written into; with a sink, only those of a batch in several parts. */
  readonly arrays: WeightArrays;
  /** Whether they are added to those of earlier parts. Default: false. */
  readonly add?: boolean;
  /** Takes the gradients of each segment as soon as they are whole. Default: none, as for all parts but the last. */
  readonly sink?: StepSink;
}

interface Step {
  readonly segment: Segment;
  readonly link: Link;
  readonly index: number;
  /** The full name of a parameter of the segment. */
  readonly full: (name: string) => string;
  readonly trains: boolean;
}

export function openChain(options: ChainOptions): Chain {
  const { weights, input, checkpointing = false, trains = () => true } = options;
  const steps = compiled(options, trains);
  const first = steps.findIndex((step) => step.trains);
  const buffers = createBuffers();
  let last: { feeds: Feeds[]; sizes: Sizes } | undefined;

  /** Runs one program of a step, its results into buffers of the step. */
  const run = async (step: Step, program: Program, feeds: Feeds, sizes: Sizes, place?: Targets) =>
    program.run(
      feeds,
      (name) => weights.get(step.full(name))!,
      (name, length) => place?.(name, length) ?? buffers.take(`${step.index}:${name}`, length),
      sizes,
    );

  /** Gives back the memory of programs; they are prepared again when they are next run. */
  const rest = async (pick: (step: Step) => Program[]) => {
    for (const program of new Set(steps.flatMap(pick))) await program.close();
  };

  const pass = async (batch: ChainBatch, pick: (step: Step) => Program) => {
    const sizes = sizesOf(input, batch.input);
    const all: Feeds[] = [];
    let x = batch.input;
    for (const step of steps) {
      const feeds = { ...feedsOf(step, batch, x, sizes) };
      const results = await run(step, pick(step), feeds, sizes);
      all.push({ ...feeds, ...results });
      keepBuffers(step, results, weights);
      x = results.y!;
    }
    return { feeds: all, sizes, features: x };
  };

  return {
    trained: steps.flatMap(({ link, full }) =>
      [...link.backward.part.outputs.keys()]
        .filter((name) => name.startsWith(GRADIENT))
        .map((name) => full(name.slice(GRADIENT.length))),
    ),
    async encode(batch) {
      return (await pass(batch, ({ link }) => link.forward)).features;
    },
    async forward(batch) {
      const { feeds, sizes, features } = await pass(batch, ({ link, index }) =>
        checkpointing || index < first || first < 0 ? link.forward : link.remembering,
      );
      last = { feeds, sizes };
      if (checkpointing) await rest(({ link }) => [link.forward]);
      return features;
    },
    async backward(cotangent, { arrays, add = false, sink }) {
      if (!last || first < 0) return;
      const { feeds, sizes } = last;
      last = undefined;
      let dy: Float32Array = cotangent;
      for (const step of steps.slice(first).reverse()) {
        const { link, index, full } = step;
        const known = feeds[index]!;
        const dims = dimsOf(link.output.shape, sizes);
        const program = checkpointing ? link.recomputing : link.backward;
        const given = { ...known, dy: { data: dy, dims } };
        const results = await run(step, program, given, sizes, (name, length) => {
          if (name === 'dx') return buffers.take(`dx${index % 2}`, length);
          if (!name.startsWith(GRADIENT)) return undefined;
          return add || sink ? buffers.take(name, length) : arrays.get(full(name.slice(GRADIENT.length)))!;
        });
        if (checkpointing) keepBuffers(step, results, weights);
        for (const [name, data] of gradientsIn(results, full)) {
          if (add) addTo(arrays.get(name)!, data);
          sink?.gradient(name, add ? arrays.get(name)! : data);
        }
        if (results.dx) dy = results.dx.data as Float32Array;
      }
      if (checkpointing) await rest(({ link }) => [link.recomputing]);
    },
    close: () => rest(({ link }) => [link.forward, link.remembering, link.backward, link.recomputing]),
  };
}

type Targets = (name: string, length: number) => Float32Array | undefined;

/** Compiles every kind of segment once. */
function compiled(
  { segments, input, weights, session = {}, ...options }: ChainOptions,
  trains: (name: string) => boolean,
): Step[] {
  const known = new Map<string, Link>();
  const steps: Step[] = [];
  let x: ValueType | undefined;
  for (const [index, segment] of segments.entries()) {
    const { prefix, kind } = segment;
    const full = (name: string) => (prefix === '' ? name : `${prefix}.${name}`);
    const below = [...weights.keys()].filter((name) => name.startsWith(full('')));
    const trained = new Set(below.filter(trains).map((name) => name.slice(full('').length)));
    const wantsX = steps.some((step) => step.trains);
    // What a segment of no prefix reads is known when it is compiled: the names tell kinds apart well enough.
    const key = JSON.stringify([kind, wantsX, [...trained].sort()]);
    let link = known.get(key);
    if (!link) {
      link = compileLink(segment, input, x, {
        ...options,
        trained,
        wantsX,
        session: { memoryPattern: false, ...session },
      });
      known.set(key, link);
    }
    const own = [...link.backward.part.outputs.keys()].some((name) => name.startsWith(GRADIENT));
    steps.push({ segment, link, index, full, trains: own });
    x = link.output;
  }
  return steps;
}

function feedsOf({ link, index }: Step, batch: ChainBatch, x: EngineTensor, sizes: Sizes): Feeds {
  const feeds: Record<string, EngineTensor> = { input: batch.input, x };
  for (const name of link.extras) feeds[name] = batch.extras![name]!;
  link.dropouts.forEach(({ mask, rate }, site) => {
    const dims = dimsOf(mask.shape, sizes);
    const data = batch.mask?.(index, site, dims, rate) ?? new Float32Array(product(dims)).fill(1);
    feeds[mask.name] = { data, dims };
  });
  return feeds;
}

/** Running statistics, moved by a pass, become weights. */
function keepBuffers({ full }: Step, results: Feeds, weights: WeightArrays): void {
  for (const [name, { data }] of Object.entries(results)) {
    if (name.startsWith(BUFFER)) weights.get(full(name.slice(BUFFER.length)))!.set(data as Float32Array);
  }
}

/** The gradients among results, by the full names of their parameters. */
function gradientsIn(results: Feeds, full: Step['full']): [name: string, data: Float32Array][] {
  return Object.entries(results)
    .filter(([name]) => name.startsWith(GRADIENT))
    .map(([name, { data }]) => [full(name.slice(GRADIENT.length)), data as Float32Array]);
}

function addTo(sum: Float32Array, data: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + data[i]!;
}
