import { createHash } from 'node:crypto';
import { idKey } from '../id.ts';
import type { Id } from '../types.ts';

const LONGEST = 80;

/** A name for a picture's file, without ending: its id where that can be one, in letters that every system takes. */
export function fileNameOf(id: Id): string {
  const name = encodeURIComponent(idKey(id)).replace(/[.*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return name.length <= LONGEST ? name : createHash('sha256').update(idKey(id)).digest('hex');
}
