/** What the parameters of a graph are made from. */
import { type Graph, type QuantisedParameter, quantise, type Value } from '../graph/index.ts';
import {
  BYTES,
  elementCount,
  fromFloat32,
  type StateDict,
  type Tensor,
  toFloat32,
} from '../weights/index.ts';

/** A weight of a graph, and the tensor it is made from. */
export interface GraphWeight {
  readonly name: string;
  /** As stored, perhaps in another element type; what is rounded to a few bits is made when its bytes are asked for. */
  readonly tensor: Tensor;
  /** The element type that the graph wants. */
  readonly dtype: 'F32' | 'F16' | 'I8' | 'U8';
}

const DTYPES: Readonly<Record<string, GraphWeight['dtype']>> = {
  float32: 'F32',
  float16: 'F16',
  int8: 'I8',
  uint8: 'U8',
};

/** The weights of a graph, in the order of its parameters, from a model's by cn_clip's names. */
export function graphWeights(graph: Graph, weights: StateDict): GraphWeight[] {
  const quantised = new Map(
    [...graph.quantisedParameters].flatMap(([name, parameter]) =>
      quantisedTensors(parameter, weights.get(name)!),
    ),
  );
  return Array.from(graph.parameters, ([name, value]) => ({
    name,
    tensor: quantised.get(value) ?? weights.get(name)!,
    dtype: DTYPES[value.elements]!,
  }));
}

/** How many bytes a weight takes in the engine. */
export function byteLength({ tensor, dtype }: GraphWeight): number {
  return elementCount(tensor.shape) * BYTES[dtype];
}

/** A weight's bytes in the type that the graph wants. */
export function engineBytes({ tensor, dtype }: GraphWeight): Uint8Array {
  if (tensor.dtype === dtype) return tensor.bytes;
  return fromFloat32(toFloat32(tensor), tensor.shape, dtype as 'F32' | 'F16').bytes;
}

/** The two tensors of a matrix in a few bits. Only the small one is kept once it is made. */
function quantisedTensors({ form, weight, scales }: QuantisedParameter, tensor: Tensor): [Value, Tensor][] {
  const [rows, columns] = tensor.shape as [number, number];
  let factors: Float32Array | undefined;
  const make = () => {
    const made = quantise(form, toFloat32(tensor), rows, columns);
    factors = made.scales;
    return made;
  };
  const lazily = (value: Value, bytes: () => ArrayBufferView): [Value, Tensor] => [
    value,
    {
      dtype: DTYPES[value.elements]!,
      shape: value.shape as number[],
      get bytes() {
        const { buffer, byteOffset, byteLength } = bytes();
        return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      },
    },
  ];
  return [lazily(weight, () => make().weight), lazily(scales, () => factors ?? make().scales)];
}
