import { createHash } from 'node:crypto';
import {
  BYTES,
  elementCount,
  floatToHalf,
  type StateDict,
  type Tensor,
  toFloat32,
} from '../weights/index.ts';

/** How many elements of each tensor are looked at: reading all of a large model would take seconds. */
const SAMPLES = 64;

/**
 * Tells models apart by their weights: 32 hexadecimal digits. Names, shapes and evenly spaced elements of every tensor
 * count, rounded to half precision, so that the same weights are the same model in every layout and stored type.
 */
export function fingerprintOf(weights: StateDict): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const tensor = weights.get(name)!;
    if (tensor.dtype === 'I64') continue; // Counters, which some layouts leave out.
    hash.update(`${name} ${tensor.shape.join(' ')}\n`);
    hash.update(new Uint8Array(floatToHalf(samplesOf(tensor)).buffer));
  }
  return hash.digest('hex').slice(0, 32);
}

function samplesOf({ dtype, shape, bytes }: Tensor): Float32Array {
  const [count, width] = [elementCount(shape), BYTES[dtype]];
  const samples = Math.min(count, SAMPLES);
  const chosen = new Uint8Array(samples * width);
  for (let i = 0; i < samples; i++) {
    const at = Math.floor((i * count) / samples) * width;
    chosen.set(bytes.subarray(at, at + width), i * width);
  }
  return toFloat32({ dtype, shape: [samples], bytes: chosen });
}
