/** What filters may ask about a picture. */

/** How a field's values compare: `folder` as paths, `own` by the kind of the value given. */
export type FieldKind = 'text' | 'folder' | 'number' | 'time' | 'own';

/** The named fields; beside them stand a picture's own, as `fields.name`. */
export const FIELDS = {
  path: 'text',
  name: 'text',
  folder: 'folder',
  hash: 'text',
  size: 'number',
  width: 'number',
  height: 'number',
  modified: 'time',
  taken: 'time',
} as const satisfies Readonly<Record<string, FieldKind>>;

export type FieldName = keyof typeof FIELDS;

export const OPERATORS = {
  text: ['=', '!=', '~'],
  folder: ['=', '!='],
  number: ['=', '!=', '<=', '>=', '<', '>'],
  time: ['=', '!=', '<=', '>=', '<', '>'],
  own: ['=', '!=', '~', '<=', '>=', '<', '>'],
} as const satisfies Readonly<Record<FieldKind, readonly string[]>>;

export type Operator = (typeof OPERATORS)['own'][number];
