/** JSON as annotation files have it: whole numbers of any size stay exact, as Python reads them. */

/** Strings, which are left alone, and whole numbers that may be too large for a double. */
const STRING_OR_LARGE = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const LARGE = /(?<!["\d.])\d{16,}/;
/** Begins a string that stands for a large whole number; private to one line. */
const MARK = '\u0000whole:';

/** The object of a line; undefined where it holds none. */
export function parseLine(json: string): Record<string, unknown> | undefined {
  const value = LARGE.test(json) ? parseLarge(json) : parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parse(json: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(json, reviver);
  } catch {
    return undefined;
  }
}

function parseLarge(json: string): unknown {
  const marked = json.replace(STRING_OR_LARGE, (found) =>
    found.startsWith('"') ? found : JSON.stringify(MARK + found),
  );
  return parse(marked, (_, value) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return value;
    const whole = BigInt(value.slice(MARK.length));
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  });
}

/** An object as Python's `json.dumps(…, ensure_ascii=False)` writes it. */
export function printLine(record: Readonly<Record<string, unknown>>): string {
  return print(record);
}

function print(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}: ${print(each)}`).join(', ')}}`;
}
