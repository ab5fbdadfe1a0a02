import type { FieldValue } from '../types.ts';
import type { FieldName, Operator } from './fields.ts';

/**
 * A filter on items. A comparison with what an item lacks is false, with `!=` as well; `not` turns that around.
 * - `text` compares a string; `~` is "contains", capitals or not.
 * - `folder` holds for the folder and all below it: an absolute path, or the last parts of one.
 * - `number` compares a number; times are milliseconds since 1970, those of `taken` by the camera's clock.
 * - `own` compares one of the picture's own fields with a value of the same type.
 */
export type Where =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Where[] }
  | { readonly kind: 'not'; readonly part: Where }
  | {
      readonly kind: 'text';
      readonly field: 'path' | 'name' | 'hash';
      readonly operator: '=' | '!=' | '~';
      readonly value: string;
    }
  | { readonly kind: 'folder'; readonly operator: '=' | '!='; readonly value: string }
  | {
      readonly kind: 'number';
      readonly field: Exclude<FieldName, 'path' | 'name' | 'folder' | 'hash'>;
      readonly operator: Exclude<Operator, '~'>;
      readonly value: number;
    }
  | { readonly kind: 'own'; readonly field: string; readonly operator: Operator; readonly value: FieldValue };
