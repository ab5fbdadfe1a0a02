/**
 * The image tower, the loss of a whole batch, and the gradients of both as one graph: what the way back reads is never handed
 * over, which saves a copy of every activation. For batches in one part, whose blocks are remembered.
 */
import { builder, chained, type Segment } from '../clip/index.ts';
import type { EngineTensor, Feeds } from '../engine/index.ts';
import { Graph, gradients, partOf, type TrainingOptions, training, type ValueType } from '../graph/index.ts';
import { createBuffers } from './chain/buffers.ts';
import { createProgram } from './chain/program.ts';
import {
  addContrast,
  type ContrastInputs,
  type ContrastOptions,
  type ContrastResult,
  contrastFeeds,
  contrastSizes,
  lossesOf,
  stretchOf,
} from './contrast.ts';
import type { StepSink, WeightArrays } from './objective.ts';

export interface WholeTowerOptions extends ContrastOptions, Pick<TrainingOptions, 'statistics'> {
  /** The image tower; without dropout and adapters. */
  readonly segments: readonly Segment[];
  /** The type of its input. */
  readonly input: ValueType;
  /** Weights by name; read at each run. */
  readonly weights: WeightArrays;
  /** Its parameters that are trained. */
  readonly trained: readonly string[];
}

export interface WholeTowerInputs extends Omit<ContrastInputs, 'images' | 'logitScale'> {
  readonly input: EngineTensor;
  /** Other inputs of segments, by name. */
  readonly extras?: Feeds;
}

export interface WholeTower {
  /**
   * Writes the gradients into the arrays, and hands them to the sink where there is one, after the loss; moves running
   * statistics. The arrays of a result stay valid until the next call.
   */
  evaluate(
    inputs: WholeTowerInputs,
    arrays: WeightArrays,
    sink?: StepSink,
  ): Promise<Omit<ContrastResult, 'imageGradient'>>;
  close(): Promise<void>;
}

const BUFFER = 'buffer:';
const GRADIENT = 'gradient:';

export function openWholeTower(options: WholeTowerOptions): WholeTower {
  const { segments, input, weights, trained, statistics, dim, session = {} } = options;
  const graph = new Graph();
  const towerInput = graph.input('input', input.elements, input.shape);
  const b = builder(graph, training(statistics ? { statistics } : {}));
  const images = chained(b, segments, towerInput).at(-1)!;
  const { losses, texts, logitScale } = addContrast(graph, images, options);
  const wrt = [texts, logitScale, ...trained.map((name) => graph.parameters.get(name)!)];
  const found = gradients([{ value: losses.get('loss')!, gradient: graph.floats(1) }], wrt);
  const outputs = new Map(losses);
  ['texts', 'logit_scale', ...trained].forEach((name, i) => {
    outputs.set(GRADIENT + name, found[i]!);
  });
  for (const { buffer, updated } of graph.bufferUpdates) outputs.set(BUFFER + buffer.name, updated);
  const program = createProgram(partOf(graph, outputs), { memoryPattern: false, ...session });
  const buffers = createBuffers();
  const stretch = stretchOf(options);
  const isTrained = new Set(trained.map((name) => GRADIENT + name));

  return {
    async evaluate({ input, extras = {}, ...inputs }, arrays, sink) {
      const results = await program.run(
        { ...contrastFeeds(inputs, dim), ...extras, input },
        (name) => (name === 'stretch' ? stretch! : weights.get(name)!),
        (name, length) =>
          isTrained.has(name) ? arrays.get(name.slice(GRADIENT.length))! : buffers.take(name, length),
        contrastSizes(inputs),
      );
      const floats = (name: string) => results[name]!.data as Float32Array;
      for (const { buffer } of graph.bufferUpdates)
        weights.get(buffer.name)!.set(floats(BUFFER + buffer.name));
      const told = lossesOf(results);
      sink?.loss(told.loss);
      if (sink) for (const name of trained) sink.gradient(name, arrays.get(name)!);
      return {
        ...told,
        textGradient: floats(`${GRADIENT}texts`),
        logitScaleGradient: floats(`${GRADIENT}logit_scale`),
      };
    },
    close: program.close,
  };
}
