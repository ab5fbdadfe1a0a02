/** Pictures in folders, with captions of three kinds: in a table, in a text beside each, or as names of their folders. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { fileError } from '../../base/index.ts';
import { dataFault } from '../faults.ts';
import { idKey, idOf } from '../id.ts';
import { isPictureName } from '../pictures/kinds.ts';
import { spelled } from '../pictures/spelling.ts';
import type { Caption } from '../set/captioned.ts';
import type { Id, Picture } from '../types.ts';
import { tableRows } from './table.ts';

const { compare } = new Intl.Collator('en', { numeric: true });
const TEXT = /\.txt$/i;

/** The files below a folder that are pictures or texts, in natural order, without hidden ones. */
export async function filesBelow(folder: string): Promise<string[]> {
  const paths = await glob('**', { cwd: folder, expandDirectories: false, followSymbolicLinks: false });
  return paths.filter((path) => isPictureName(path) || TEXT.test(path)).sort(compare);
}

/** The pictures of a table, each once. Throws TUWEN_DATA_INVALID where two pictures have one id. */
export async function* tablePictures(folder: string, table: string): AsyncGenerator<Picture> {
  const path = join(folder, table);
  const seen = new Map<string, string>();
  for await (const { name, picture, id, base64, line } of tableRows(folder, table)) {
    const key = idKey(id);
    const known = seen.get(key);
    if (known !== undefined && known !== picture)
      throw dataFault(path, 'duplicate-picture', { line, about: key });
    seen.set(key, picture);
    const source = `${path}:${line} (${name})`;
    if (known === undefined) yield { ...pictureAt(picture, id, base64), source, path, line };
  }
}

/** The captions of a table. */
export async function* tableCaptions(folder: string, table: string): AsyncGenerator<Caption> {
  const path = join(folder, table);
  for await (const { id, captions, fields, line } of tableRows(folder, table)) {
    for (const text of captions) yield { imageIds: [id], text, fields, path, line };
  }
}

/** The pictures among files, named by their paths. */
export async function* filePictures(folder: string, files: readonly string[]): AsyncGenerator<Picture> {
  for (const name of files)
    if (isPictureName(name)) yield pictureAt(join(folder, name), idOf(name), undefined);
}

/** The lines of the text beside each picture. */
export async function* textCaptions(folder: string, files: readonly string[]): AsyncGenerator<Caption> {
  const texts = new Map(
    files.filter((name) => TEXT.test(name)).map((name) => [name.replace(TEXT, ''), name]),
  );
  for (const name of files) {
    const beside = isPictureName(name) ? texts.get(name.replace(/\.[^.]*$/, '')) : undefined;
    if (beside === undefined) continue;
    const path = join(folder, beside);
    const content = await utf8Of(path);
    for (const [i, text] of content.split(/\r?\n/).entries()) {
      if (text.trim() !== '')
        yield { imageIds: [idOf(name)], text: text.trim(), fields: {}, path, line: i + 1 };
    }
  }
}

/** The names of the folders in a folder, each a caption of all the pictures below it. */
export async function* classCaptions(folder: string, files: readonly string[]): AsyncGenerator<Caption> {
  const classes = new Map<string, Id[]>();
  for (const name of files.filter(isPictureName)) {
    const end = name.indexOf('/');
    if (end < 0) continue;
    const label = name.slice(0, end);
    const known = classes.get(label);
    if (known) known.push(idOf(name));
    else classes.set(label, [idOf(name)]);
  }
  for (const [text, imageIds] of classes) yield { imageIds, text, fields: {}, path: join(folder, text) };
}

function pictureAt(path: string, id: Id, base64: unknown): Picture {
  const bytes = () =>
    readFile(path).catch((cause) => {
      throw fileError(path, cause);
    });
  return { id, path, source: path, bytes, base64: async () => spelled(await bytes(), base64) };
}

async function utf8Of(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw dataFault(path, 'not-utf8', { cause });
  }
}
