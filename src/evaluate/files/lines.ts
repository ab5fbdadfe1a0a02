import { createReadStream } from 'node:fs';
import { type ErrorValue, fileError, TuwenError } from '../../base/index.ts';

/** The longest line, in characters. */
const MAX_LINE = 2 ** 28;

/** A line of a file, without its end. */
export interface FileLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

type Fault = Omit<ErrorValue<'TUWEN_EVALUATION_FILE_INVALID'>, 'path'>;

export function fileFault(path: string, fault: Fault): TuwenError {
  return new TuwenError('TUWEN_EVALUATION_FILE_INVALID', { path, ...fault });
}

/**
 * Every line of a UTF-8 file, blank ones too, one at a time; `\n` or `\r\n` ends a line. A byte order mark stays.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID
 */
export async function* fileLines(path: string, signal?: AbortSignal): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 1;
  let parts: string[] = [];
  let length = 0;
  const decoded = (bytes?: Uint8Array) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw fileFault(path, { fault: 'not-utf8', line: number });
    }
  };
  const line = () => ({ text: parts.join('').replace(/\r$/, ''), number });
  try {
    const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal && { signal }) });
    for await (const chunk of stream) {
      const [first, ...others] = decoded(chunk as Uint8Array).split('\n') as [string, ...string[]];
      parts.push(first);
      length += first.length;
      if (length > MAX_LINE) throw fileFault(path, { fault: 'line-too-long', line: number });
      for (const next of others) {
        yield line();
        number += 1;
        parts = [next];
        length = next.length;
      }
    }
  } catch (cause) {
    throw fileError(path, cause);
  }
  parts.push(decoded());
  if (parts.some((part) => part !== '')) yield line();
}

/** The lines of a file of records, none of them blank and without a byte order mark; at least one. */
export async function* recordLines(path: string, signal?: AbortSignal): AsyncGenerator<FileLine> {
  let empty = true;
  for await (const line of fileLines(path, signal)) {
    empty = false;
    if (line.text.startsWith('\ufeff')) throw fileFault(path, { fault: 'byte-order-mark', line: 1 });
    if (line.text.trim() === '') throw fileFault(path, { fault: 'blank-line', line: line.number });
    yield line;
  }
  if (empty) throw fileFault(path, { fault: 'no-lines' });
}
