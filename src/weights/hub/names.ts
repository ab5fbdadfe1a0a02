/** Names that come from users or from hubs, before they become part of a path. */
import { TuwenError } from '../../base/index.ts';
import type { Repository } from './types.ts';

const PART = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const ID = new RegExp(`^${PART}/${PART}$`);
const REVISION = /^[A-Za-z0-9_][A-Za-z0-9._/-]*$/;
const MAX_NAME = 96;
const MAX_PATH = 1024;
const MAX_PATH_PART = 255;

/** Whether a text has the form of a repository's id, `organisation/name`. `--` would be ambiguous in cache folders. */
export function isRepositoryId(text: string): boolean {
  return ID.test(text) && text.split('/').every((part) => part.length <= MAX_NAME && !/--|\.\./.test(part));
}

/** Throws TUWEN_BAD_ARGUMENT where the id or the revision is none. */
export function checkRepository({ id, revision }: Repository): void {
  if (!isRepositoryId(id))
    throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'model', got: id, expected: 'organisation/name' });
  if (revision === undefined) return;
  const safe = REVISION.test(revision) && revision.length <= MAX_PATH_PART && isSafePath(revision);
  if (!safe)
    throw new TuwenError('TUWEN_BAD_ARGUMENT', {
      name: 'revision',
      got: revision,
      expected: 'main / v1.0.1 / 31863c7…',
    });
}

/** Whether a path stays in its folder on every system: relative, no `..`, no drive, no backslash, no control characters. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_PATH || /[\\:\u0000-\u001f\u007f]/.test(path)) return false;
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && part.length <= MAX_PATH_PART);
}
