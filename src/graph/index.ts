/** ONNX graphs as TypeScript: values with shapes, operators, reverse-mode gradients, lowerings, ONNX bytes. */
export { gradients, type Seed } from './gradients.ts';
export {
  type Attribute,
  type Attributes,
  type BufferUpdate,
  type Dropout,
  type ElementType,
  type FloatType,
  Graph,
  type Node,
  type Operator,
  type QuantisedParameter,
  type Value,
  type ValueType,
} from './graph.ts';
export { adapterNames, type Lora } from './lora.ts';
export {
  fp16,
  int8,
  type Lowering,
  portable,
  portableInt4,
  portableInt8,
  serving,
  type TrainingOptions,
  training,
} from './lowering.ts';
export { type ExternalBytes, type OnnxOptions, toOnnx, toOnnxParts, type WeightBytes } from './onnx.ts';
export { expand, reshape, transpose } from './operators/arrange.ts';
export type { AttentionInputs } from './operators/attention.ts';
export * from './operators/elementwise.ts';
export { gather, range } from './operators/gather.ts';
export { averagePool, convolution, type Layout, type Window } from './operators/image.ts';
export { concat, split } from './operators/join.ts';
export { gemm, linear, matmul, project, type Transposed } from './operators/matrix.ts';
export { type BatchNormWeights, layerNorm } from './operators/normalise.ts';
export { argMax, logSoftmax, reduceMean, reduceSum, softmax } from './operators/reduce.ts';
export { dimValue, zeros } from './operators/sizes.ts';
export { pad, reverse, slice } from './operators/slice.ts';
export { topK } from './operators/top-k.ts';
export { cutBefore, type Part, partOf } from './part.ts';
export type { LazyBytes } from './protobuf.ts';
export { type QuantisedForm, type QuantisedMatrix, quantise } from './quantise.ts';
export { type Dim, formatShape, multiplyDims, type Shape, type SymbolicDim, symbol } from './shape.ts';
