import { TuwenError } from '../base/index.ts';
import { scanJson } from './json-scan.ts';
import { BYTES, type DType } from './tensor.ts';

/** Bytes before the header: its length, an unsigned 64-bit little-endian number. */
export const PREFIX_BYTES = 8;

/** The longest header the format allows, in bytes. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The deepest nesting of a valid header: header, entry, list. */
const MAX_DEPTH = 3;

/** One tensor of a safetensors file; `begin` and `end` are byte offsets in the data section. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The header of a safetensors file: its tensors in file order. */
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the data section begins, in bytes from the start of the file. */
  readonly dataStart: number;
}

type Fault = TuwenError<'TUWEN_SAFETENSORS_INVALID'>['value']['fault'];

/** The error for a faulty file; `source` names the file. */
export function safetensorsError(
  source: string,
  fault: Fault,
  about: { tensor?: string; got?: unknown } = {},
  cause?: unknown,
): TuwenError {
  return new TuwenError('TUWEN_SAFETENSORS_INVALID', { source, fault, ...about }, { cause });
}

/**
 * The header's length in bytes from the first eight bytes of a file of `fileSize` bytes.
 * Throws TUWEN_SAFETENSORS_INVALID where no such header fits the format or the file.
 */
export function headerLength(prefix: Uint8Array, fileSize: number, source: string): number {
  if (fileSize < PREFIX_BYTES || prefix.byteLength < PREFIX_BYTES)
    throw safetensorsError(source, 'too-short', { got: fileSize });
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw safetensorsError(source, 'header-too-large', { got: length });
  if (Number(length) > fileSize - PREFIX_BYTES)
    throw safetensorsError(source, 'header-beyond-file', { got: length });
  return Number(length);
}

/**
 * Reads a header and holds it against the file: `header` are its bytes, `dataLength` the bytes that follow it.
 * The tensors must tile the data section exactly. Throws TUWEN_SAFETENSORS_INVALID.
 */
export function parseHeader(header: Uint8Array, dataLength: number, source: string): SafetensorsHeader {
  const { __metadata__: metadata, ...tensors } = parseObject(header, source);
  const entries = Object.entries(tensors).map(([name, value]) => entryOf(name, value, dataLength, source));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, dataLength, source);
  return {
    entries,
    metadata: metadataOf(metadata, source),
    dataStart: PREFIX_BYTES + header.byteLength,
  };
}

function parseObject(header: Uint8Array, source: string): Record<string, unknown> {
  if (header[0] !== '{'.charCodeAt(0)) throw safetensorsError(source, 'header-not-json');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    const fault = scanJson(text, MAX_DEPTH);
    if (fault === 'too-deep') throw safetensorsError(source, 'header-too-deep');
    if (fault === 'duplicate-name') throw safetensorsError(source, 'duplicate-name');
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    throw safetensorsError(source, 'header-not-json', {}, cause);
  }
}

function entryOf(name: string, value: unknown, dataLength: number, source: string): SafetensorsEntry {
  const fail = (fault: Fault, got: unknown) => safetensorsError(source, fault, { tensor: name, got });
  if (!isRecord(value)) throw fail('bad-entry', value);
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype === undefined || shape === undefined || offsets === undefined) throw fail('bad-entry', value);
  if (!isDType(dtype)) throw fail('unknown-dtype', dtype);
  if (!isSizes(shape)) throw fail('bad-shape', shape);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('bad-offsets', offsets);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength) throw fail('bad-offsets', offsets);
  const length = byteLength(shape, dtype);
  if (!Number.isSafeInteger(length)) throw fail('bad-shape', shape);
  if (length !== end - begin) throw fail('wrong-length', { shape, dtype, bytes: end - begin });
  return { name, dtype, shape, begin, end };
}

/** Bytes of a tensor, or Infinity or an unsafe number where the sizes overflow on the way. */
function byteLength(shape: readonly number[], dtype: DType): number {
  let length = BYTES[dtype];
  for (const size of shape) {
    length *= size;
    if (!Number.isSafeInteger(length)) return Number.POSITIVE_INFINITY;
  }
  return length;
}

function checkTiling(entries: readonly SafetensorsEntry[], dataLength: number, source: string): void {
  let end = 0;
  for (const entry of entries) {
    if (entry.begin < end) throw safetensorsError(source, 'overlap', { tensor: entry.name });
    if (entry.begin > end) throw safetensorsError(source, 'hole', { tensor: entry.name });
    end = entry.end;
  }
  if (end < dataLength) throw safetensorsError(source, 'trailing-bytes', { got: dataLength - end });
}

function metadataOf(metadata: unknown, source: string): Map<string, string> {
  if (metadata === undefined) return new Map();
  if (!isRecord(metadata)) throw safetensorsError(source, 'bad-metadata');
  const pairs = Object.entries(metadata);
  for (const [name, value] of pairs) {
    if (typeof value !== 'string')
      throw safetensorsError(source, 'bad-metadata', { tensor: name, got: value });
  }
  return new Map(pairs as [string, string][]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(BYTES, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
