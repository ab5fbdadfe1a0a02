import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { fileError, TuwenError } from '../../base/index.ts';
import type { FieldValue } from '../types.ts';

/** The longest sidecar, in bytes. */
const LONGEST = 65_536;

const Fields = z.record(z.string().max(200), z.unknown());

/**
 * A picture's own fields: the strings, numbers and booleans of the object in `<file>.json` beside it; what else it
 * holds is not looked at. Undefined where there are none. Throws TUWEN_FILE_UNREADABLE where it is no JSON object.
 */
export async function readFields(picture: string): Promise<Readonly<Record<string, FieldValue>> | undefined> {
  const path = `${picture}.json`;
  try {
    const { size } = await stat(path);
    if (size > LONGEST)
      throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: `${size} > ${LONGEST} B` });
    const parsed = Fields.parse(JSON.parse(await readFile(path, 'utf8')));
    const kept = Object.entries(parsed).filter(
      (entry): entry is [string, FieldValue] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'boolean' || Number.isFinite(entry[1]),
    );
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  } catch (cause) {
    if (cause instanceof z.ZodError)
      throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'not a JSON object' }, { cause });
    throw fileError(path, cause);
  }
}
