/** What hubs tell of files, held to bounds before it is used. */
import type { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { isSafePath } from './names.ts';
import type { RemoteFile } from './types.ts';

/** The most files a repository may list. */
export const MAX_FILES = 20_000;

/** The largest file, in bytes: far beyond any model. */
const MAX_BYTES = 2 ** 44;

/** Parses a hub's answer. Throws TUWEN_HUB_ANSWER_INVALID, naming the first key that is wrong. */
export function checkedAnswer<T extends z.ZodType>(schema: T, json: unknown, address: string): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const reason = `${path.join('.') || '{}'}: ${message}`;
  throw new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason }, { cause: result.error });
}

/** A file's name; throws TUWEN_HUB_ANSWER_INVALID where it would leave its folder. */
export function checkedName(name: string, address: string): string {
  if (isSafePath(name)) return name;
  const reason = `unsafe file name ${JSON.stringify(name.slice(0, 100))}`;
  throw new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason });
}

/** A file with its size and hash; undefined where either is missing or cannot be right. */
export function checkedFile(
  name: string,
  bytes: number | null | undefined,
  hex: string | null | undefined,
): RemoteFile | undefined {
  if (!Number.isSafeInteger(bytes) || bytes! < 0 || bytes! > MAX_BYTES) return undefined;
  const algorithm = /^[0-9a-f]{64}$/.test(hex ?? '') ? 'sha256' : 'git-sha1';
  if (algorithm === 'git-sha1' && !/^[0-9a-f]{40}$/.test(hex ?? '')) return undefined;
  return { name, bytes: bytes!, hash: { algorithm, hex: hex! } };
}
