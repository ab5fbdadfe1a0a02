import { basename } from 'node:path';
import type { WeightBytes } from '../graph/index.ts';
import { BYTES, folderOf } from '../weights/index.ts';
import { byteLength, engineBytes, type GraphWeight } from './graph-weights.ts';

/** Where the engine finds every weight of a model. */
export interface PlacedWeights {
  readonly places: ReadonlyMap<string, WeightBytes>;
  /** The buffers that places name. */
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  /** The folder of the files that places name. */
  readonly folder?: string;
}

/**
 * How many bytes of weights are written into an ONNX file itself, at most: the engine copies those several times over,
 * so it pays while they are few beside those that stay in their files. Protobuf ends at 2 GiB.
 */
const INLINE_BYTES = 2 ** 25;
const INLINE_SHARE = 1 / 5;
const MOST_INLINE_BYTES = 1.5 * 2 ** 30;
/** Where weights begin in a buffer: a multiple of this, which suits every element type. */
const ALIGNMENT = 16;

/**
 * Weights that are stored as the engine wants them, beginning at a multiple of their elements' size, stay where they
 * are, in a file that the engine maps or in a buffer that it takes over; others are converted. The engine takes files
 * or buffers, never both: beside files, what is converted goes into the ONNX bytes, where that is little.
 */
export function placeWeights(weights: readonly GraphWeight[]): PlacedWeights {
  const folder = folderOf(weights.map(({ tensor }) => tensor));
  const inFiles = weights.filter((weight) => folder !== undefined && isMappable(weight));
  const others = weights.filter((weight) => !inFiles.includes(weight));
  const limit = Math.min(MOST_INLINE_BYTES, Math.max(INLINE_BYTES, sizeOf(inFiles) * INLINE_SHARE));
  if (folder === undefined || inFiles.length === 0 || sizeOf(others) > limit) return inBuffers(weights);
  const places = new Map<string, WeightBytes>();
  for (const { name, tensor } of inFiles) {
    const { path, offset, length } = tensor.stored!;
    places.set(name, { location: basename(path), offset, length });
  }
  for (const weight of others) places.set(weight.name, { inline: engineBytes(weight) });
  return { places, buffers: new Map(), folder };
}

function isMappable({ tensor, dtype }: GraphWeight): boolean {
  return tensor.dtype === dtype && tensor.stored !== undefined && tensor.stored.offset % BYTES[dtype] === 0;
}

function inBuffers(weights: readonly GraphWeight[]): PlacedWeights {
  const places = new Map<string, WeightBytes>();
  const buffers = new Map<string, Uint8Array>();
  const locations = new Map<ArrayBufferLike, string>();
  const others: GraphWeight[] = [];
  for (const weight of weights) {
    const bytes = bytesThatStay(weight);
    if (!bytes) {
      others.push(weight);
      continue;
    }
    const { buffer, byteOffset: offset, byteLength: length } = bytes;
    const location = locations.get(buffer) ?? `buffer-${locations.size}`;
    locations.set(buffer, location);
    buffers.set(location, new Uint8Array(buffer));
    places.set(weight.name, { location, offset, length });
  }
  const converted = new Uint8Array(sizeOf(others));
  if (converted.length > 0) buffers.set('converted', converted);
  let offset = 0;
  for (const weight of others) {
    converted.set(engineBytes(weight), offset);
    places.set(weight.name, { location: 'converted', offset, length: byteLength(weight) });
    offset += aligned(byteLength(weight));
  }
  return { places, buffers };
}

/** A tensor's bytes where the engine can use them as they lie in memory. */
function bytesThatStay({ tensor, dtype }: GraphWeight): Uint8Array | undefined {
  if (tensor.stored || tensor.dtype !== dtype) return undefined;
  const { bytes } = tensor;
  return bytes.byteOffset % BYTES[dtype] === 0 ? bytes : undefined;
}

function sizeOf(weights: readonly GraphWeight[]): number {
  return weights.reduce((sum, weight) => sum + aligned(byteLength(weight)), 0);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
