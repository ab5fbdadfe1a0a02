/** Data sets in numbered files. */
import { basename, dirname, join } from 'node:path';
import { entriesOf } from '../files/entries.ts';
import { openAnnotations } from '../official/annotation-file.ts';
import type { TextSource } from './sources.ts';

/** `train` of `train-00000-of-00002`, `train-000000` and `train`; nothing of `00000`. */
const NUMBERED = /^(.*?)[-_]?\d*(?:-of-\d+)?$/;

/**
 * The files with an ending in a folder, or in its `data`, by the split their names begin with: `train` where they have
 * none. Of such a file alone, itself.
 */
export async function shardsBySplit(path: string, ending: string) {
  const alone = path.endsWith(ending);
  let folder = alone ? dirname(path) : path;
  let { files, folders } = await entriesOf(folder);
  if (folders.includes('data') && !files.some((name) => name.endsWith(ending))) {
    folder = join(folder, 'data');
    ({ files, folders } = await entriesOf(folder));
  }
  const splits = new Map<string, string[]>();
  for (const name of files) {
    if (!name.endsWith(ending) || (alone && name !== basename(path))) continue;
    const split = NUMBERED.exec(name.slice(0, -ending.length))![1] || 'train';
    splits.set(split, [...(splits.get(split) ?? []), name]);
  }
  return { folder, files, splits };
}

/** The texts in `{split}_texts.jsonl`, where a folder has it. */
export async function textsBeside(
  folder: string,
  split: string,
  files: readonly string[],
): Promise<TextSource | undefined> {
  const name = `${split}_texts.jsonl`;
  return files.includes(name) ? openAnnotations(join(folder, name)) : undefined;
}
