import type { PythonValue } from './values.ts';

/** Deeper nesting is refused, as Python refuses it. */
const MAX_DEPTH = 500;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const WORDS: readonly (readonly [string, PythonValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

/** A text as Python's `json.loads` reads it, NaN and whole numbers of any size included; undefined where it fails. */
export function parsePython(text: string): PythonValue | undefined {
  const reader = { text, at: 0 };
  try {
    const value = readValue(reader, 0);
    skip(reader, SPACE);
    return reader.at === text.length ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

function readValue(reader: Reader, depth: number): PythonValue {
  if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
  skip(reader, SPACE);
  const next = reader.text[reader.at];
  if (next === '{') return readObject(reader, depth);
  if (next === '[') return readList(reader, depth);
  if (next === '"') return readString(reader);
  const word = WORDS.find(([written]) => reader.text.startsWith(written, reader.at));
  if (word) {
    reader.at += word[0].length;
    return word[1];
  }
  return readNumber(reader);
}

function readObject(reader: Reader, depth: number): PythonValue {
  const entries = new Map<string, PythonValue>();
  reader.at += 1;
  if (passes(reader, '}')) return entries;
  do {
    skip(reader, SPACE);
    const key = readString(reader);
    expect(reader, ':');
    entries.set(key, readValue(reader, depth + 1));
  } while (passes(reader, ','));
  expect(reader, '}');
  return entries;
}

function readList(reader: Reader, depth: number): PythonValue {
  const items: PythonValue[] = [];
  reader.at += 1;
  if (passes(reader, ']')) return items;
  do items.push(readValue(reader, depth + 1));
  while (passes(reader, ','));
  expect(reader, ']');
  return items;
}

function readString(reader: Reader): string {
  return JSON.parse(skip(reader, STRING)[0]) as string;
}

function readNumber(reader: Reader): bigint | number {
  const [written, fraction, exponent] = skip(reader, NUMBER);
  return fraction === undefined && exponent === undefined ? BigInt(written) : Number(written);
}

/** Moves over what the pattern matches here. */
function skip(reader: Reader, pattern: RegExp): RegExpExecArray {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match === null) throw new SyntaxError(`at ${reader.at}`);
  reader.at = pattern.lastIndex;
  return match;
}

/** Moves over a sign, where it comes next. */
function passes(reader: Reader, sign: string): boolean {
  skip(reader, SPACE);
  if (reader.text[reader.at] !== sign) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, sign: string): void {
  if (!passes(reader, sign)) throw new SyntaxError(`no ${sign} at ${reader.at}`);
}
