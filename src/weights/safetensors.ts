/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes without gaps.
 * This file works on bytes in memory; `safetensors-file.ts` on files.
 */
import { TuwenError } from '../base/index.ts';
import { headerLength, PREFIX_BYTES, parseHeader } from './safetensors-header.ts';
import { byteLength, type StateDict, type Tensor, type TensorInfo } from './tensor.ts';

const ALIGNMENT = 8;

/**
 * The tensors of a safetensors file held in memory, as views of `bytes`. `source` names it in errors.
 * Throws TUWEN_SAFETENSORS_INVALID.
 */
export function parseSafetensors(bytes: Uint8Array, source = 'safetensors'): StateDict {
  const length = headerLength(bytes, bytes.byteLength, source);
  const dataStart = PREFIX_BYTES + length;
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, dataStart), bytes.byteLength - dataStart, source);
  return new Map(
    header.entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, bytes: bytes.subarray(dataStart + begin, dataStart + end) },
    ]),
  );
}

/**
 * A safetensors file of these tensors, in their order. Throws TUWEN_BAD_ARGUMENT where a tensor's bytes do not fit
 * its shape and type.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const header = encodeHeader(tensors, metadata);
  const parts = [header, ...Array.from(tensors, ([name, tensor]) => bytesToWrite(name, tensor))];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}

/** Length, header and padding: everything before the tensors' bytes, a multiple of eight bytes long. */
export function encodeHeader(
  tensors: ReadonlyMap<string, TensorInfo>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: [string, unknown][] = metadata === undefined ? [] : [['__metadata__', metadata]];
  let begin = 0;
  for (const [name, { dtype, shape }] of tensors) {
    if (name === '__metadata__')
      throw new TuwenError('TUWEN_BAD_ARGUMENT', {
        name: argument(name),
        got: name,
        expected: 'another name',
      });
    const end = begin + byteLength({ dtype, shape });
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(PREFIX_BYTES + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(json, PREFIX_BYTES);
  return header;
}

/** A tensor's bytes. Throws TUWEN_BAD_ARGUMENT where they do not fit its shape and type. */
export function bytesToWrite(name: string, tensor: Tensor): Uint8Array {
  const { bytes } = tensor;
  const length = byteLength(tensor);
  if (bytes.byteLength === length) return bytes;
  const expected = `${length} bytes of ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: argument(name), got: bytes, expected });
}

function argument(name: string): string {
  return `tensors[${JSON.stringify(name)}]`;
}
