import { createReadStream } from 'node:fs';
import { fileError, TuwenError } from '../base/index.ts';
import { texts } from './texts/index.ts';

/** The longest line, in characters: a large picture in base64 fits. */
const MAX_LINE = 2 ** 28;

/** A line of a text file. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a UTF-8 file that are not blank, without their ends, one at a time. Only `\n` and `\r\n` end a line.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE
 */
export async function* lines(path: string, signal?: AbortSignal): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  for await (const line of allLines(path, signal)) {
    number += 1;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text.trim() !== '') yield { text, number };
  }
}

async function* allLines(path: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const { errors } = texts();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: 2 ** 18,
      ...(signal ? { signal } : {}),
    })) {
      const [first, ...others] = decode(decoder, chunk as Uint8Array, path).split('\n') as [
        string,
        ...string[],
      ];
      parts.push(first);
      length += first.length;
      if (length > MAX_LINE) {
        throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: errors.longLine(number) });
      }
      for (const next of others) {
        yield parts.join('');
        parts = [next];
        length = next.length;
        number += 1;
      }
    }
  } catch (cause) {
    throw fileError(path, cause);
  }
  const last = parts.join('') + decode(decoder, undefined, path);
  if (last !== '') yield last;
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, path: string): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: texts().errors.notUtf8 }, { cause });
  }
}

/** The lines of a short file, trimmed: at least one. */
export async function listOf(path: string): Promise<string[]> {
  const list: string[] = [];
  for await (const { text } of lines(path)) list.push(text.trim());
  if (list.length > 0) return list;
  throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: texts().errors.noLines(path) });
}

/** A file whose line is not what it should be. */
export function badLine(path: string, number: number, expected: string): TuwenError {
  return new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: texts().errors.badLine(number, expected) });
}
