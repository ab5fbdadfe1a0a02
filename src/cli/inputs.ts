/** The pictures that arguments of a command line stand for. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { TuwenError } from '../base/index.ts';
import type { ImageInput } from '../clip/index.ts';
import { badLine, lines } from './lines.ts';

export interface Picture {
  readonly input: ImageInput;
  /** How messages name it. */
  readonly source: string;
  /** Its path or address, or its id in an official data set. */
  readonly name: string | bigint;
  /** Whether it belongs to an official data set. */
  readonly official: boolean;
}

export interface Pictures extends AsyncIterable<Picture> {
  /** How many there are, where that is known. */
  readonly total: number | undefined;
}

const PICTURE = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;
const ADDRESS = /^(https?|file|data):/i;
const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The pictures of files, folders with all below them, globs, addresses and `.tsv` files, in the order of the arguments;
 * within a folder or glob in natural order, without hidden files. An existing path is never taken as a glob; a glob
 * that matches nothing stays as it is, a picture that does not exist.
 */
export async function findPictures(args: readonly string[]): Promise<Pictures> {
  const sources = await Promise.all(args.map(sourceOf));
  const counts = sources.map((source) => ('paths' in source ? source.paths.length : Number.NaN));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    total: Number.isNaN(total) ? undefined : total,
    async *[Symbol.asyncIterator]() {
      for (const source of sources) {
        if ('tsv' in source) yield* tsvPictures(source.tsv);
        else
          for (const path of source.paths) yield { input: path, source: path, name: path, official: false };
      }
    },
  };
}

type Source = { readonly paths: readonly string[] } | { readonly tsv: string };

async function sourceOf(arg: string): Promise<Source> {
  if (ADDRESS.test(arg)) return { paths: [arg] };
  const found = await stat(arg).catch(() => undefined);
  if (found?.isDirectory()) return { paths: await picturesIn(arg) };
  if (/\.tsv$/i.test(arg)) return { tsv: arg };
  if (found || !isDynamicPattern(arg)) return { paths: [arg] };
  const matches = await naturallySorted(glob(arg, { expandDirectories: false, absolute: isAbsolute(arg) }));
  return { paths: matches.length > 0 ? matches : [arg] };
}

async function picturesIn(folder: string): Promise<string[]> {
  const paths = await naturallySorted(glob('**', { cwd: folder, expandDirectories: false }));
  if (paths.length > 0) return paths.map((path) => join(folder, path));
  throw new TuwenError('TUWEN_NO_IMAGES', { path: folder });
}

async function naturallySorted(paths: Promise<string[]>): Promise<string[]> {
  return (await paths).filter((path) => PICTURE.test(path)).sort(compare);
}

/** Lines of `id \t base64` (either alphabet), as Chinese-CLIP's data sets have them. */
async function* tsvPictures(path: string): AsyncGenerator<Picture> {
  for await (const { text, number } of lines(path)) {
    const [id, base64] = text.split('\t');
    if (id === undefined || base64 === undefined) throw badLine(path, number, 'id \\t base64');
    yield { input: Buffer.from(base64, 'base64'), source: `${path} ${id}`, name: idOf(id), official: true };
  }
}

/** An id as a number, as the official scripts read it, or as it is. */
function idOf(id: string): string | bigint {
  return /^\s*-?\d+\s*$/.test(id) ? BigInt(id.trim()) : id;
}
