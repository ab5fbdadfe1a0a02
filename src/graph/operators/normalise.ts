/** Layer and batch normalisation. */
import type { GradientContext, Operator, Value, ValueType } from '../graph.ts';
import { multiplyDims } from '../shape.ts';
import { reshape } from './arrange.ts';
import { apply1, invalid, need, needShape } from './define.ts';
import { add, cast, div, mul, reciprocal, scale, shift, sqrt, sub } from './elementwise.ts';
import { reduceMean, reduceSum } from './reduce.ts';
import { dimValue } from './sizes.ts';

const LayerNormalization: Operator = {
  name: 'LayerNormalization',
  infer: (inputs) => {
    const x = need('LayerNormalization', inputs, 0);
    const weight = need('LayerNormalization', inputs, 1);
    for (const each of [weight, inputs[2]]) needShape('LayerNormalization', each, x.shape.slice(-1));
    const statistics = { elements: x.elements, shape: [...x.shape.slice(0, -1), 1] };
    return [{ elements: x.elements, shape: x.shape }, statistics, statistics];
  },
  requiredOutputs: 1,
  gradient: layerNormGradient,
};

/** Ba, Kiros and Hinton 2016, arXiv 1607.06450, equation 4, differentiated. */
function layerNormGradient({ node, outputGradients, wants }: GradientContext): (Value | undefined)[] {
  const [x, weight] = [node.inputs[0]!, node.inputs[1]!];
  const [, mean, inverseDeviation] = node.outputs as readonly [Value, Value, Value];
  const dy = outputGradients[0]!;
  const last = x.shape.length - 1;
  const leading = x.shape.slice(0, -1).map((_, axis) => axis);
  const normal = mul(sub(x, mean), inverseDeviation);
  const perFeature = (value: Value) => reduceSum(value, leading);
  const meanOf = (value: Value) => reshape(reduceMean(value, [last]), mean.shape);
  const dx = () => {
    const g = mul(dy, weight);
    const centred = sub(sub(g, meanOf(g)), mul(normal, meanOf(mul(g, normal))));
    return mul(centred, inverseDeviation);
  };
  return [
    wants(0) ? dx() : undefined,
    wants(1) ? perFeature(mul(dy, normal)) : undefined,
    wants(2) ? perFeature(dy) : undefined,
  ];
}

/** (x − mean) / √(variance + ε) · weight + bias over the last axis; weight and bias [features]. */
export function layerNorm(x: Value, weight: Value, bias: Value, epsilon: number): Value {
  return apply1(LayerNormalization, [x, weight, bias], { axis: -1, epsilon: { float: epsilon } });
}

/** What a batch normalisation learns and remembers; each [channels]. */
export interface BatchNormWeights {
  readonly weight: Value;
  readonly bias: Value;
  readonly runningMean: Value;
  readonly runningVariance: Value;
}

const channelShape = (x: Value) => [1, x.shape[1]!, 1, 1];

/** The types of x and of one value a channel, checked. */
function batchNormTypes(inputs: readonly (ValueType | undefined)[]): [ValueType, ValueType] {
  const { elements, shape } = need('BatchNormalization', inputs, 0);
  if (shape.length !== 4) throw invalid('BatchNormalization', 'needs [batch, channels, height, width]');
  const channels = { elements, shape: [shape[1]!] };
  for (const each of inputs.slice(1)) needShape('BatchNormalization', each, channels.shape);
  return [{ elements, shape }, channels];
}

const BatchNormalization: Operator = {
  name: 'BatchNormalization',
  infer: (inputs) => [batchNormTypes(inputs)[0]],
};

/** Normalises with the given statistics; x [batch, channels, height, width]. Not differentiable. */
export function batchNormFused(x: Value, w: BatchNormWeights, epsilon: number): Value {
  const inputs: [Value, ...Value[]] = [x, w.weight, w.bias, w.runningMean, w.runningVariance];
  return apply1(BatchNormalization, inputs, { epsilon: { float: epsilon } });
}

/** Normalises with the running statistics, from plain operators; channels on the given axis. */
export function batchNormRunning(x: Value, w: BatchNormWeights, epsilon: number, axis: number): Value {
  const shape = x.shape.map((_, i) => (i === axis ? x.shape[axis]! : 1));
  const factor = mul(w.weight, reciprocal(sqrt(shift(w.runningVariance, epsilon))));
  const centred = sub(x, reshape(w.runningMean, shape));
  return add(mul(centred, reshape(factor, shape)), reshape(w.bias, shape));
}

/** The share of the batch's statistics in the running ones (PyTorch's default momentum). */
const MOMENTUM = 0.1;

/**
 * Normalises with the statistics of the batch (Ioffe and Szegedy 2015, arXiv 1502.03167, algorithm 1) and asks the
 * graph to move the running statistics towards them: the variance that normalises is the biased one, the one
 * remembered is unbiased, as in PyTorch. `axis`: 1 for NCHW, 3 for NHWC.
 */
export function batchNormBatch(x: Value, w: BatchNormWeights, epsilon: number, axis: 1 | 3): Value {
  const { y, mean, variance } = axis === 1 ? batchNormChannels(x, w, epsilon) : batchNormRows(x, w, epsilon);
  const { graph } = x;
  const count = multiplyDims(x.shape.filter((_, i) => i !== axis));
  const n = reshape(cast(dimValue(graph, count), 'float32'), []);
  const unbiased = mul(variance, div(n, shift(n, -1)));
  const blend = (old: Value, now: Value) => add(scale(old, 1 - MOMENTUM), scale(now, MOMENTUM));
  graph.bufferUpdates.push(
    { buffer: w.runningMean, updated: blend(w.runningMean, mean) },
    { buffer: w.runningVariance, updated: blend(w.runningVariance, unbiased) },
  );
  return y;
}

const BatchStatistics = (epsilon: number): Operator => ({
  name: 'BatchNormalization',
  infer: (inputs) => {
    const [x, channels] = batchNormTypes(inputs);
    return [x, channels, channels];
  },
  gradient: (context) => batchNormGradient(context, epsilon),
});

/**
 * NCHW, by ONNX's training mode with momentum 0, whose second and third outputs are then the batch's mean and
 * biased variance. The engine writes over the running inputs, so every node needs a pair of its own; it also merges
 * equal constants, so each pair is filled with numbers that occur nowhere else (momentum 0 ignores them).
 */
function batchNormChannels(x: Value, w: BatchNormWeights, epsilon: number) {
  const { graph } = x;
  const channels = x.shape[1] as number;
  const own = (offset: number) => graph.floats(Array<number>(channels).fill(graph.nodes.length + offset));
  const [y, mean, variance] = graph.apply(
    BatchStatistics(epsilon),
    [x, w.weight, w.bias, own(0.25), own(0.75)],
    { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: 1 },
  ) as [Value, Value, Value];
  return { y, mean, variance };
}

/** The same paper, section 3, with x centred first: differences of large sums would cancel. */
function batchNormGradient({ node, outputGradients, wants }: GradientContext, epsilon: number) {
  const [x, weight] = [node.inputs[0]!, node.inputs[1]!];
  const [, mean, variance] = node.outputs as readonly [Value, Value, Value];
  const dy = outputGradients[0]!;
  const { graph } = x;
  const channels = x.shape[1] as number;
  const inverse = reciprocal(sqrt(shift(variance, epsilon)));
  const centred = sub(x, reshape(mean, channelShape(x)));
  const sumDy = sumPerChannel(dy);
  const sumDyCentred = sumPerChannel(mul(dy, centred));
  const dx = () => {
    const count = multiplyDims([x.shape[0]!, x.shape[2]!, x.shape[3]!]);
    const n = reshape(cast(dimValue(graph, count), 'float32'), []);
    const gain = mul(weight, inverse);
    const slope = scale(div(mul(mul(gain, mul(inverse, inverse)), sumDyCentred), n), -1);
    const offset = scale(div(mul(gain, sumDy), n), -1);
    const plain: BatchNormWeights = {
      weight: slope,
      bias: offset,
      runningMean: graph.floats(Array<number>(channels).fill(0)),
      runningVariance: graph.floats(Array<number>(channels).fill(1)),
    };
    return add(mul(dy, reshape(gain, channelShape(x))), batchNormFused(centred, plain, 0));
  };
  return [
    wants(0) ? dx() : undefined,
    wants(1) ? mul(sumDyCentred, inverse) : undefined,
    wants(2) ? sumDy : undefined,
  ];
}

/** Two short sums are faster than one over three axes. */
function sumPerChannel(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return reduceSum(reduceSum(reshape(x, [batch, channels, multiplyDims([height, width])]), [2]), [0]);
}

/** NHWC, from plain operators over rows [batch · height · width, channels]. */
function batchNormRows(x: Value, w: BatchNormWeights, epsilon: number) {
  const channels = x.shape[3]!;
  const rows = reshape(x, [multiplyDims(x.shape.slice(0, 3)), channels]);
  const mean = reduceMean(rows, [0]);
  const centred = sub(rows, mean);
  const variance = reduceMean(mul(centred, centred), [0]);
  const inverse = reciprocal(sqrt(shift(variance, epsilon)));
  const y = add(mul(centred, mul(inverse, w.weight)), w.bias);
  return { y: reshape(y, x.shape), mean, variance };
}
