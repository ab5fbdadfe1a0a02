/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes without gaps.
 * This file works on bytes in memory; `safetensors-file.ts` on files.
 */
import { TuwenError } from '../base/index.ts';
import { headerLength, PREFIX_BYTES, parseHeader } from './safetensors-header.ts';
import { BYTES, elementCount, type StateDict, type Tensor } from './tensor.ts';

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
  let length = header.byteLength;
  for (const { bytes } of tensors.values()) length += bytes.byteLength;
  const file = new Uint8Array(length);
  let at = 0;
  for (const part of [header, ...Array.from(tensors.values(), (tensor) => tensor.bytes)]) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}

/** Length, header and padding: everything before the tensors' bytes, a multiple of eight bytes long. */
export function encodeHeader(
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: [string, unknown][] = metadata === undefined ? [] : [['__metadata__', metadata]];
  let begin = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    checkTensor(name, { dtype, shape, bytes });
    const end = begin + bytes.byteLength;
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

function checkTensor(name: string, { dtype, shape, bytes }: Tensor): void {
  const argument = `tensors[${JSON.stringify(name)}]`;
  if (name === '__metadata__')
    throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: argument, got: name, expected: 'another name' });
  const length = elementCount(shape) * BYTES[dtype];
  if (bytes.byteLength === length) return;
  const expected = `${length} bytes of ${dtype} [${shape.join(', ')}]`;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: argument, got: bytes, expected });
}
