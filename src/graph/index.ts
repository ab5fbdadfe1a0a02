/** ONNX graphs as TypeScript: values with shapes, operators, reverse-mode gradients, lowerings, ONNX bytes. */
export { gradients, type Seed } from './gradients.ts';
export {
  type Attribute,
  type Attributes,
  type BufferUpdate,
  type ElementType,
  Graph,
  type Node,
  type Operator,
  type Value,
  type ValueType,
} from './graph.ts';
export { type Lowering, serving, type TrainingOptions, training } from './lowering.ts';
export { type ExternalBytes, type OnnxOptions, toOnnx, type WeightBytes } from './onnx.ts';
export type { AttentionInputs } from './operators/attention.ts';
export * from './operators/elementwise.ts';
export { gather, range } from './operators/gather.ts';
export { averagePool, convolution, type Layout, type Window } from './operators/image.ts';
export { gemm, linear, matmul, project, type Transposed } from './operators/matrix.ts';
export { type BatchNormWeights, layerNorm } from './operators/normalise.ts';
export { logSoftmax, reduceMean, reduceSum, softmax } from './operators/reduce.ts';
export {
  concat,
  dimValue,
  expand,
  pad,
  reshape,
  reverse,
  slice,
  split,
  transpose,
  zeros,
} from './operators/shape.ts';
export { type Dim, formatShape, type Shape, type SymbolicDim, symbol } from './shape.ts';
