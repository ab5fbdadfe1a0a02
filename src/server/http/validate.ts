/** Requests held against their schemas. */
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';

const LOCALES = { en: z.locales.en().localeError, zh: z.locales.zhCN().localeError };

/** The body as its schema has it. Throws TUWEN_REQUEST_INVALID that names the first field that is wrong. */
export function validated<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body, { error: LOCALES.en, reportInput: true });
  if (result.success) return result.data;
  const chinese = schema.safeParse(body, { error: LOCALES.zh, reportInput: true });
  const { path, message: en } = faultOf(result.error.issues);
  const { message: zh } = faultOf(chinese.error!.issues);
  throw new TuwenError('TUWEN_REQUEST_INVALID', { field: fieldOf(path), en, zh });
}

type Issue = z.core.$ZodIssue;

/** The first fault; of a value that may be several things, that of the one it is most like. */
function faultOf(issues: readonly Issue[]): { path: PropertyKey[]; message: string; likeness: number } {
  const [issue] = issues as [Issue, ...Issue[]];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const alternatives = issue.errors.map((each) => faultOf(each));
    const best = alternatives.reduce((a, b) => (b.likeness > a.likeness ? b : a));
    return { ...best, path: [...issue.path, ...best.path], likeness: best.likeness + issue.path.length };
  }
  // The deeper the fault, the more of the value was right; a field that is not there at all says little.
  const likeness = issue.path.length - (issue.input === undefined ? 0.5 : 0);
  return { path: issue.path, message: issue.message, likeness };
}

/** `input[2].image` */
function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}
