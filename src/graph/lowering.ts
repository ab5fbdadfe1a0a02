/**
 * Lowerings: the forms in which the layers of a model can enter a graph. A model is written once against `Lowering`;
 * the training form is differentiable throughout, the serving form uses the engine's fused operators, the portable forms
 * are for other engines.
 */
import type { Graph, Value } from './graph.ts';
import { adapted, type Lora } from './lora.ts';
import {
  type AttentionInputs,
  attentionFused,
  attentionPlain,
  attentionPortable,
} from './operators/attention.ts';
import { cast, gelu, geluPortable, mul, quickGelu, quickGeluPortable } from './operators/elementwise.ts';
import { gather } from './operators/gather.ts';
import type { Layout } from './operators/image.ts';
import { linear, project } from './operators/matrix.ts';
import {
  type BatchNormWeights,
  batchNormBatch,
  batchNormFused,
  batchNormRunning,
} from './operators/normalise.ts';
import { linearInt4, linearInt8, linearInt8Portable, lookupInt8 } from './operators/quantised.ts';

export interface Lowering {
  readonly name: 'training' | 'serving' | 'fp16' | 'int8' | 'portable' | 'portable-int8' | 'portable-int4';
  /** A weight by its name. */
  readonly weight: (graph: Graph, name: string, shape: readonly number[]) => Value;
  /** Rows of a table [rows, width] by indices: [indices' shape, width]. */
  readonly lookup: (table: Value, indices: Value) => Value;
  /** x·Wᵀ + bias: x [… , in], weight [out, in], bias [out]. */
  readonly linear: (x: Value, weight: Value, bias?: Value) => Value;
  /** x·W: x [… , in], weight [in, out]. */
  readonly project: (x: Value, weight: Value) => Value;
  readonly attention: (inputs: AttentionInputs) => Value;
  /** BERT's activation. */
  readonly gelu: (x: Value) => Value;
  /** The activation of CLIP's transformers. */
  readonly quickGelu: (x: Value) => Value;
  /** Batch normalisation of a feature map in the given layout. */
  readonly batchNorm: (x: Value, weights: BatchNormWeights, epsilon: number, layout: Layout) => Value;
  /** Drops values at random while training (Srivastava et al. 2014, JMLR 15); otherwise x itself. */
  readonly dropout: (x: Value, rate: number) => Value;
  /** The layout in which maps of this height are convolved. */
  readonly layoutFor: (height: number) => Layout;
}

const weight: Lowering['weight'] = (graph, name, shape) => graph.parameter(name, shape);

/** Fused operators, constants folded by the engine: fp32 inference. */
export const serving: Lowering = {
  name: 'serving',
  weight,
  lookup: gather,
  linear,
  project,
  attention: attentionFused,
  gelu,
  quickGelu,
  batchNorm: batchNormFused,
  dropout: (x) => x,
  layoutFor: () => 'nchw',
};

/** As `serving`, with the weights of linear layers in 8 bits: faster and smaller, a little less exact. */
export const int8: Lowering = {
  ...serving,
  name: 'int8',
  linear: forParameters(linearInt8),
};

/** As `serving`, with matrices held in half precision and widened at every run: half the memory, and slower. */
export const fp16: Lowering = {
  ...serving,
  name: 'fp16',
  weight: (graph, name, shape) =>
    shape.length > 1 ? cast(graph.parameter(name, shape, 'float16'), 'float32') : weight(graph, name, shape),
  // Rows are taken from the halves, and then widened: the table is never widened whole.
  lookup: (table, indices) => cast(gather(table.node?.inputs[0] ?? table, indices), 'float32'),
};

/** Only operators that ONNX itself has since version 18, so that any engine reads them. */
export const portable: Lowering = {
  ...serving,
  name: 'portable',
  attention: attentionPortable,
  gelu: geluPortable,
  quickGelu: quickGeluPortable,
};

/** As `portable`, with the weights of linear layers and tables in 8 bits; inputs of layers are rounded at every run. */
export const portableInt8: Lowering = {
  ...portable,
  name: 'portable-int8',
  lookup: lookupInt8,
  linear: forParameters(linearInt8Portable),
};

/** As `portable`, with the weights of linear layers in 4 bits, by an operator of ONNX Runtime, and tables in 8. */
export const portableInt4: Lowering = {
  ...portable,
  name: 'portable-int4',
  lookup: lookupInt8,
  linear: forParameters(linearInt4),
};

/** A weight that was reshaped on its way to the layer is no parameter any more and stays as it is. */
function forParameters(quantised: Lowering['linear']): Lowering['linear'] {
  return (x, weight, bias) => (weight.node ? linear(x, weight, bias) : quantised(x, weight, bias));
}

/** Maps of at most this height are convolved as rows times a matrix, which is faster there on a CPU. */
const ROWS_UP_TO = 8;

export interface TrainingOptions {
  /** Batch normalisation by the statistics of the batch (default), or by the running ones, as in evaluation. */
  readonly statistics?: 'batch' | 'running';
  /** Whether values are dropped, by masks that are fed as the graph's `dropouts` say. Default: false. */
  readonly dropout?: boolean;
  /** Adapters beside linear layers. Default: none. */
  readonly lora?: Lora | undefined;
}

/** Differentiable operators only. */
export function training(options: TrainingOptions = {}): Lowering {
  const { statistics = 'batch', lora } = options;
  const dropout = options.dropout ? masked : (x: Value) => x;
  return {
    name: 'training',
    weight,
    lookup: gather,
    linear: lora ? (x, weight, bias) => adapted(x, weight, bias, lora) : linear,
    project,
    attention: (inputs) => attentionPlain(inputs, dropout),
    dropout,
    gelu,
    quickGelu,
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
