import { dirname } from 'node:path';
import type { FieldValue, Item } from '../types.ts';
import type { Operator } from './fields.ts';
import type { Where } from './where.ts';

/** Whether an item passes a filter. */
export function matches(where: Where, item: Item): boolean {
  switch (where.kind) {
    case 'and':
      return where.parts.every((part) => matches(part, item));
    case 'or':
      return where.parts.some((part) => matches(part, item));
    case 'not':
      return !matches(where.part, item);
    case 'folder':
      return isInFolder(dirname(item.path), where.value) === (where.operator === '=');
    case 'text':
      return compares(textOf(item, where.field), where.operator, where.value);
    case 'number':
      return compares(numberOf(item, where.field), where.operator, where.value);
    case 'own':
      return compares(item.fields?.[where.field], where.operator, where.value);
  }
}

/** A folder between slashes, so that whole names are compared: `/home/me/`. */
export function slashed(folder: string): string {
  return `${folder.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
}

/** The text that `slashed` folders contain where they are `value` or below it; at their beginning if it is absolute. */
export function folderPattern(value: string): { readonly text: string; readonly absolute: boolean } {
  const absolute = /^(\/|[a-z]:[\\/])/i.test(value);
  const text = slashed(value.replace(/^\.\//, ''));
  return { text: absolute ? text : `/${text.replace(/^\/+/, '')}`, absolute };
}

function isInFolder(folder: string, value: string): boolean {
  const { text, absolute } = folderPattern(value);
  return absolute ? slashed(folder).startsWith(text) : slashed(folder).includes(text);
}

function textOf(item: Item, field: 'path' | 'name' | 'hash'): string {
  return field === 'name' ? nameOf(item.path) : item[field];
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Sizes as they are, times in milliseconds. */
export function numberOf(
  item: Item,
  field: 'size' | 'width' | 'height' | 'modified' | 'taken',
): number | undefined {
  if (field === 'modified') return Date.parse(item.modified);
  if (field === 'taken') return item.taken === undefined ? undefined : Date.parse(`${item.taken}Z`);
  return item[field];
}

function compares(actual: FieldValue | undefined, operator: Operator, value: FieldValue): boolean {
  if (actual === undefined || typeof actual !== typeof value) return false;
  switch (operator) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '~':
      return String(actual).toLowerCase().includes(String(value).toLowerCase());
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
  }
}
