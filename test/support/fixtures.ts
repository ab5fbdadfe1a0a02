/** The reference fixtures as arrays. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineTensor } from '../../src/engine/index.ts';
import {
  elements,
  readSafetensors,
  type StateDict,
  type Tensor,
  toFloat32,
} from '../../src/weights/index.ts';

export const fixture = (path: string): string =>
  fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

export const readJsonFixture = <T>(path: string): T => JSON.parse(readFileSync(fixture(path), 'utf8')) as T;

/** Tensors of a safetensors file by name; asking for one that is not there fails. */
export async function readTensors(path: string): Promise<(name: string) => EngineTensor> {
  const tensors = await readSafetensors(fixture(path));
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`${path} has no ${name}`);
    return engineTensor(tensor);
  };
}

/** A copy of a stored tensor: whole numbers as int64, all else as float32. */
export function engineTensor(tensor: Tensor): EngineTensor {
  const data = tensor.dtype === 'I64' ? (elements(tensor) as BigInt64Array) : toFloat32(tensor);
  return { dims: tensor.shape, data: data.slice() };
}

/** The float tensors of a model, copied: what a training run changes. */
export function weightArrays(tensors: StateDict): Map<string, Float32Array<ArrayBuffer>> {
  const floats = [...tensors].filter(([, { dtype }]) => dtype !== 'I64');
  return new Map(floats.map(([name, tensor]) => [name, new Float32Array(toFloat32(tensor))]));
}

/** Some entries of the first axis. */
export function rows({ dims, data }: EngineTensor, from: number, to: number): EngineTensor {
  const length = data.length / dims[0]!;
  return { dims: [to - from, ...dims.slice(1)], data: data.slice(from * length, to * length) };
}

export const floats = ({ data }: EngineTensor) => data as Float32Array<ArrayBuffer>;
