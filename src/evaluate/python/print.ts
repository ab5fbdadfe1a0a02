/** Values as Python writes them. */
import { pythonFloat } from '../../base/index.ts';
import type { PythonValue } from './values.ts';

/** What `str(value)` gives. */
export function str(value: PythonValue): string {
  return typeof value === 'string' ? value : repr(value);
}

/** What `repr(value)` gives. */
export function repr(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatText(value);
  if (isMap(value)) return `{${[...value].map(([key, item]) => `${quoted(key)}: ${repr(item)}`).join(', ')}}`;
  return `[${value.map(repr).join(', ')}]`;
}

function isMap(value: PythonValue): value is ReadonlyMap<string, PythonValue> {
  return value instanceof Map;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return pythonFloat(value);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** In single quotes, or in double ones where it holds single ones only; what cannot be printed is escaped. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return ESCAPES[character] ?? escaped(character.codePointAt(0)!);
  });
  return quote + inside + quote;
}

function escaped(code: number): string {
  const [letter, digits] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(digits as number, '0')}`;
}

/** What `json.dumps` writes, all but ASCII escaped; for plain objects, where a number is a float and a bigint whole. */
export function dumps(value: unknown): string {
  if (typeof value === 'number') return pythonFloat(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return asciiString(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${asciiString(key)}: ${dumps(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return JSON.stringify(value);
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What `text.strip()` gives: unlike `trim`, it keeps a byte order mark and removes separators of ASCII. */
export function strip(text: string): string {
  return text.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, (run, at: number) =>
    run.includes('\ufeff') ? keptFrom(run, at === 0) : '',
  );
}

/** White space from its first mark on, or up to its last. */
function keptFrom(run: string, leading: boolean): string {
  return leading ? run.slice(run.indexOf('\ufeff')) : run.slice(0, run.lastIndexOf('\ufeff') + 1);
}
