/**
 * Lowerings: the forms in which the layers of a model can enter a graph. A model is written once against `Lowering`;
 * the training form is differentiable throughout, the serving form uses the engine's fused operators.
 */
import type { Value } from './graph.ts';
import { type AttentionInputs, attentionFused, attentionPlain } from './operators/attention.ts';
import { mul } from './operators/elementwise.ts';
import type { Layout } from './operators/image.ts';
import { linear, project } from './operators/matrix.ts';
import {
  type BatchNormWeights,
  batchNormBatch,
  batchNormFused,
  batchNormRunning,
} from './operators/normalise.ts';
import { quantisedLinear } from './operators/quantised.ts';

export interface Lowering {
  readonly name: 'training' | 'serving' | 'int8';
  /** x·Wᵀ + bias: x [… , in], weight [out, in], bias [out]. */
  readonly linear: (x: Value, weight: Value, bias?: Value) => Value;
  /** x·W: x [… , in], weight [in, out]. */
  readonly project: (x: Value, weight: Value) => Value;
  readonly attention: (inputs: AttentionInputs) => Value;
  /** Batch normalisation of a feature map in the given layout. */
  readonly batchNorm: (x: Value, weights: BatchNormWeights, epsilon: number, layout: Layout) => Value;
  /** Drops values at random while training (Srivastava et al. 2014, JMLR 15); otherwise x itself. */
  readonly dropout: (x: Value, rate: number) => Value;
  /** The layout in which maps of this height are convolved. */
  readonly layoutFor: (height: number) => Layout;
}

/** Fused operators, constants folded by the engine: fp32 inference. */
export const serving: Lowering = {
  name: 'serving',
  linear,
  project,
  attention: attentionFused,
  batchNorm: batchNormFused,
  dropout: (x) => x,
  layoutFor: () => 'nchw',
};

/** As `serving`, with the weights of linear layers in 8 bits: faster and smaller, a little less exact. */
export const int8: Lowering = {
  ...serving,
  name: 'int8',
  // A weight that was reshaped on its way here is no parameter any more and stays as it is.
  linear: (x, weight, bias) => (weight.node ? linear(x, weight, bias) : quantisedLinear(x, weight, bias)),
};

/** Maps of at most this height are convolved as rows times a matrix, which is faster there on a CPU. */
const ROWS_UP_TO = 8;

export interface TrainingOptions {
  /** Batch normalisation by the statistics of the batch (default), or by the running ones, as in evaluation. */
  readonly statistics?: 'batch' | 'running';
  /** Whether values are dropped, by masks that are fed as the graph's `dropouts` say. Default: false. */
  readonly dropout?: boolean;
}

/** Differentiable operators only. */
export function training(options: TrainingOptions = {}): Lowering {
  const { statistics = 'batch' } = options;
  const dropout = options.dropout ? masked : (x: Value) => x;
  return {
    name: 'training',
    linear,
    project,
    attention: (inputs) => attentionPlain(inputs, dropout),
    dropout,
    batchNorm: (x, weights, epsilon, layout) => {
      const axis = layout === 'nchw' ? 1 : 3;
      return statistics === 'batch'
        ? batchNormBatch(x, weights, epsilon, axis)
        : batchNormRunning(x, weights, epsilon, axis);
    },
    layoutFor: (height) => (height <= ROWS_UP_TO ? 'nhwc' : 'nchw'),
  };
}

function masked(x: Value, rate: number): Value {
  if (rate === 0) return x;
  const { dropouts } = x.graph;
  const mask = x.graph.input(`dropout.${dropouts.length}`, 'float32', x.shape);
  dropouts.push({ mask, rate });
  return mul(x, mask);
}
