import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';

/** Sizes a model may have: far beyond any real one, small enough that no file makes us reserve without bound. */
export const size = z.int().min(1).max(65_536);
export const layerCount = z.int().min(1).max(256);
export const tableRows = z.int().min(1).max(1_000_000);
export const probability = z.number().min(0).max(1);

/** One number a colour channel: a mean, or a divisor. */
export const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);
export const threeScales = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);

/** Parses the JSON text of `file` by `schema`. Throws TUWEN_CONFIG_INVALID, naming the first key that is wrong. */
export function parseConfig<T extends z.ZodType>(schema: T, json: unknown, file: string): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new TuwenError(
    'TUWEN_CONFIG_INVALID',
    {
      file,
      key: issue.path.join('.') || '{}',
      got: valueAt(json, issue.path),
      expected: expectationOf(issue),
    },
    { cause: result.error },
  );
}

/** Throws TUWEN_CONFIG_UNSUPPORTED unless `got` is the one value Chinese-CLIP uses. */
export function requireSupported(file: string, key: string, got: unknown, supported: unknown): void {
  if (got === supported) return;
  throw new TuwenError('TUWEN_CONFIG_UNSUPPORTED', { file, key, got, supported: JSON.stringify(supported) });
}

/** Throws TUWEN_CONFIG_INVALID unless `value` is a whole multiple of `unit`, which is named `unitKey`. */
export function requireMultiple(
  file: string,
  key: string,
  value: number,
  unit: number,
  unitKey: string,
): void {
  if (value % unit === 0) return;
  const expected = `n × ${unit} (${unitKey})`;
  throw new TuwenError('TUWEN_CONFIG_INVALID', { file, key, got: value, expected });
}

/** The value a path leads to, or the text in its place where a list was given as text. */
function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof json !== 'object' || json === null) return json;
  return valueAt((json as Record<PropertyKey, unknown>)[key], rest);
}

/** What an issue asks for, in symbols that stand in a sentence of any language. */
function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'too_small':
      return `≥ ${issue.minimum}`;
    case 'too_big':
      return `≤ ${issue.maximum}`;
    case 'invalid_format':
      return issue.pattern ?? issue.format;
    case 'invalid_union':
      return issue.errors.map(([first]) => (first ? expectationOf(first) : '')).join(' | ');
    default:
      return issue.message;
  }
}
