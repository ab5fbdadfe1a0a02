import { strip } from '../python/index.ts';
import { recordLines } from './lines.ts';

/** The lines of a list, without white space around them. Throws as `recordLines`: blank lines are named. */
export async function listLines(path: string): Promise<string[]> {
  const list: string[] = [];
  for await (const { text } of recordLines(path)) list.push(strip(text));
  return list;
}
