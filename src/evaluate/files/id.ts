import type { Id } from '../../data/index.ts';
import type { PythonValue } from '../python/index.ts';

export type { Id } from '../../data/index.ts';

/** An id as the key of a Map: whole numbers are numbers as far as those are exact. Undefined for what is no id. */
export function idOf(value: PythonValue | undefined): Id | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? idOf(BigInt(value)) : undefined;
  if (typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** An id as JSON. */
export function idJson(id: Id): string {
  return typeof id === 'string' ? JSON.stringify(id) : String(id);
}
