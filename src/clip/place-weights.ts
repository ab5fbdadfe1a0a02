import { basename } from 'node:path';
import type { WeightBytes } from '../graph/index.ts';
import { elementCount, folderOf, type Tensor, toFloat32 } from '../weights/index.ts';

/** Where the engine finds every weight of a model. */
export interface PlacedWeights {
  readonly places: ReadonlyMap<string, WeightBytes>;
  /** The buffers that places name. */
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  /** The folder of the files that places name. */
  readonly folder?: string;
}

type Named = readonly [name: string, tensor: Tensor];

/** The most bytes of weights that are written into an ONNX file itself, which protobuf limits to 2 GiB. */
const INLINE_BYTES = 1.5 * 2 ** 30;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * Float32 weights stay where they are, in a file that the engine maps or in a buffer that it takes over; others, and
 * those that do not begin at a multiple of four bytes, are widened; 8-bit weights stay as they are. The engine takes files or buffers, never both:
 * beside files, what is widened goes into the ONNX bytes, as long as these hold it.
 */
export function placeWeights(tensors: readonly Named[]): PlacedWeights {
  const folder = folderOf(tensors.map(([, tensor]) => tensor));
  const inFiles = tensors.filter(([, tensor]) => folder !== undefined && isMappable(tensor));
  const others = tensors.filter((named) => !inFiles.includes(named));
  if (folder === undefined || inFiles.length === 0 || sizeOf(others) > INLINE_BYTES)
    return inBuffers(tensors);
  const places = new Map<string, WeightBytes>();
  for (const [name, { stored }] of inFiles) {
    places.set(name, { location: basename(stored!.path), offset: stored!.offset, length: stored!.length });
  }
  for (const [name, tensor] of others) places.set(name, { inline: engineBytes(tensor) });
  return { places, buffers: new Map(), folder };
}

function isMappable({ dtype, stored }: Tensor): boolean {
  return dtype === 'F32' && stored !== undefined && stored.offset % FLOAT_BYTES === 0;
}

function inBuffers(tensors: readonly Named[]): PlacedWeights {
  const places = new Map<string, WeightBytes>();
  const buffers = new Map<string, Uint8Array>();
  const locations = new Map<ArrayBufferLike, string>();
  const others: Named[] = [];
  for (const named of tensors) {
    const [name, tensor] = named;
    if (!canStay(tensor)) {
      others.push(named);
      continue;
    }
    const { buffer, byteOffset, byteLength } = tensor.bytes;
    const location = locations.get(buffer) ?? `buffer-${locations.size}`;
    locations.set(buffer, location);
    buffers.set(location, new Uint8Array(buffer));
    places.set(name, { location, offset: byteOffset, length: byteLength });
  }
  const widened = new Float32Array(sizeOf(others) / FLOAT_BYTES);
  if (widened.length > 0) buffers.set('widened', viewOf(widened));
  let offset = 0;
  for (const [name, tensor] of others) {
    const length = elementCount(tensor.shape) * FLOAT_BYTES;
    widened.set(toFloat32(tensor), offset / FLOAT_BYTES);
    places.set(name, { location: 'widened', offset, length });
    offset += length;
  }
  return { places, buffers };
}

/** Whether the engine can use a tensor where it lies in memory. */
function canStay(tensor: Tensor): boolean {
  if (tensor.stored) return false;
  return tensor.dtype === 'I8' || (tensor.dtype === 'F32' && tensor.bytes.byteOffset % FLOAT_BYTES === 0);
}

/** Bytes as the engine takes them: 8-bit weights as they are, all others as floats. */
function engineBytes(tensor: Tensor): Uint8Array {
  return tensor.dtype === 'I8' ? tensor.bytes : viewOf(toFloat32(tensor));
}

function sizeOf(tensors: readonly Named[]): number {
  return tensors.reduce(
    (sum, [, { shape, dtype }]) => sum + elementCount(shape) * (dtype === 'I8' ? 1 : FLOAT_BYTES),
    0,
  );
}

function viewOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
