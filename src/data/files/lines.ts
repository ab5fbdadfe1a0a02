import { isUtf8 } from 'node:buffer';
import { TuwenError } from '../../base/index.ts';
import { dataFault } from '../faults.ts';
import type { StoredFile } from './stored-file.ts';

/** The longest line, in bytes: a large picture in base64 fits. */
export const MAX_LINE_BYTES = 2 ** 28;
const CHUNK_BYTES = 2 ** 18;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line of a UTF-8 file, as bytes without its end. */
export interface Line {
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly offset: number;
  /** Whether a carriage return stood before the line feed; it is not among the bytes. */
  readonly carriageReturn: boolean;
}

/**
 * Every line of a file, blank ones too, with one in memory; `\n` or `\r\n` ends a line.
 *
 * @throws TUWEN_FILE_UNREADABLE, TUWEN_DATA_INVALID (line-too-long)
 */
export async function* fileLines(file: StoredFile, from = { offset: 0, number: 1 }): AsyncGenerator<Line> {
  let { offset, number } = from;
  let parts: Buffer[] = [];
  let length = 0;
  for (let at = offset; at < file.size; at += CHUNK_BYTES) {
    const chunk = await file.read(at, CHUNK_BYTES);
    if (chunk.length === 0) break;
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      parts.push(chunk.subarray(start, end));
      const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      yield lineOf(bytes, number, offset);
      offset += bytes.length + 1;
      start = end + 1;
      number += 1;
      parts = [];
      length = 0;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_LINE_BYTES) throw dataFault(file.path, 'line-too-long', { line: number });
  }
  if (parts.length > 0) yield lineOf(Buffer.concat(parts), number, offset);
}

function lineOf(bytes: Buffer, number: number, offset: number): Line {
  const carriageReturn = bytes.at(-1) === CARRIAGE_RETURN;
  return { bytes: carriageReturn ? bytes.subarray(0, -1) : bytes, number, offset, carriageReturn };
}

/** What is wrong with a line whatever it should hold; a carriage return is not. */
export function faultOfLine({
  bytes,
  number,
}: Line): 'byte-order-mark' | 'blank-line' | 'not-utf8' | undefined {
  if (number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) return 'byte-order-mark';
  if (bytes.length < 256 && bytes.toString('utf8').trim() === '') return 'blank-line';
  return isUtf8(bytes) ? undefined : 'not-utf8';
}

/** The lines of a file of records. Throws TUWEN_DATA_INVALID for a byte order mark, a blank line, bytes that are no UTF-8. */
export async function* recordLines(
  file: StoredFile,
  from?: { offset: number; number: number },
): AsyncGenerator<Line> {
  for await (const line of fileLines(file, from)) {
    const fault = faultOfLine(line);
    if (fault !== undefined) throw dataFault(file.path, fault, { line: line.number });
    yield line;
  }
}

/**
 * What `read` makes of each line of a file of records, or the error where a line is not what it should be; before a line
 * that ends with CR LF an error that says so.
 */
export async function* scannedLines<T>(
  file: StoredFile,
  read: (line: Line) => T,
): AsyncGenerator<T | TuwenError> {
  for await (const line of fileLines(file)) {
    const { number } = line;
    if (line.carriageReturn) yield dataFault(file.path, 'carriage-return', { line: number });
    const fault = faultOfLine(line);
    if (fault === 'byte-order-mark') {
      yield dataFault(file.path, fault, { line: number });
      yield attempt(() => read({ ...line, bytes: line.bytes.subarray(BYTE_ORDER_MARK.length) }));
    } else if (fault !== undefined) yield dataFault(file.path, fault, { line: number });
    else yield attempt(() => read(line));
  }
}

function attempt<T>(read: () => T): T | TuwenError {
  try {
    return read();
  } catch (error) {
    if (error instanceof TuwenError) return error;
    throw error;
  }
}
