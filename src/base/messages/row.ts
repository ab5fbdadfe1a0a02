/** What a row of the tables of errors is made of. */

/** What an error says in one language. */
export interface Text<V> {
  /** What happened, with the offending value. */
  message: (value: V) => string;
  /** What to do next. */
  remedy: (value: V) => string;
}

export interface Row<V> {
  en: Text<V>;
  zh: Text<V>;
}

export function row<V>(
  en: [Text<V>['message'], Text<V>['remedy']],
  zh: [Text<V>['message'], Text<V>['remedy']],
): Row<V> {
  return { en: { message: en[0], remedy: en[1] }, zh: { message: zh[0], remedy: zh[1] } };
}

/** Which picture an error is about. */
export interface ImageValue {
  /** Its path or address, or what kind of value it was. */
  source: string;
  /** Its place in the list it came from, from 0. */
  index?: number;
}

/** A picture as it can stand in a sentence: `[3] photos/a.jpg`. */
export function image(value: ImageValue): string {
  return value.index === undefined ? value.source : `[${value.index}] ${value.source}`;
}

/** A value as it can stand in a sentence: short, on one line. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.getPrototypeOf(value) === Object.prototype
      ? asJson(value)
      : (value.constructor?.name ?? 'an object');
  }
  return Array.isArray(value) ? asJson(value) : String(value);
}

/** JSON, or what kind of value it is where it has none. */
function asJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  }
}

/** Where a job was, behind its name. */
export function at(source: string | undefined): string {
  return source === undefined ? '' : ` (${source})`;
}

/** The tensor and the value a fault is about, where there are any. */
export function detail(v: { tensor?: string; got?: unknown }, separator: string): string {
  const parts = [...('tensor' in v ? [show(v.tensor)] : []), ...('got' in v ? [show(v.got)] : [])];
  return parts.map((part) => separator + part).join('');
}

/** How many names of a long list a message holds. */
const LISTED = 8;

/** `title (count): name, name, …`, or nothing for an empty list. */
export function listed(title: string, names: readonly string[], separator: string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, LISTED).map((name) => (name.length > 120 ? `${name.slice(0, 117)}…` : name));
  return [`${title} (${names.length}): ${shown.join(separator)}${names.length > LISTED ? ' …' : ''}`];
}

export function misfit(v: { name: string; expected: string; got: string }): string {
  return `${v.name} ${v.got} ≠ ${v.expected}`;
}
