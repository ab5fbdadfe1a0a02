/** Pictures in a folder for each class, in the order of torchvision's ImageFolder. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileError, TuwenError } from '../../base/index.ts';
import { fileFault } from '../files/lines.ts';
import { listLines } from '../files/list.ts';
import { sha256Of } from '../model-identity.ts';
import type { HashedFile } from '../sets/types.ts';

/** What ImageFolder takes for a picture. */
const PICTURE = /\.(jpg|jpeg|png|ppm|bmp|pgm|tif|tiff|webp)$/i;

/** Pictures with the class of each. */
export interface ClassSet {
  readonly name: string;
  readonly path: string;
  readonly split: string;
  /** The names of the classes, as they stand in sentences. */
  readonly labels: readonly string[];
  readonly samples: readonly Sample[];
  readonly files: readonly HashedFile[];
}

export interface Sample {
  /** Its path within the folder of classes, with `/`. */
  readonly id: string;
  readonly path: string;
  /** The place of its class in `labels`. */
  readonly label: number;
}

export interface ClassSetOptions {
  /** Which of the folders `train`, `test`, …; default `test` where there is one. */
  readonly split?: string;
  /** Names of the classes, one a line, in the order of the folders. Default: `label_cn.txt` where there is one. */
  readonly labelsFile?: string;
}

/**
 * Opens a set of ELEVATER's layout (`test/<class>/…` with `label_cn.txt` beside `test`), or a folder of folders whose names
 * are the classes. Folders and pictures come in the order of ImageFolder, so that a submission's rows are those of
 * the official script.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_NO_IMAGES, TUWEN_EVALUATION_FILE_INVALID where labels and folders are not as many
 */
export async function openClassSet(path: string, options: ClassSetOptions = {}): Promise<ClassSet> {
  const root = resolve(path);
  const split = options.split ?? (existsSync(join(root, 'test')) ? 'test' : '');
  const folder = join(root, split);
  const folders = await foldersOf(folder);
  const labelsFile = options.labelsFile ?? labelFileBeside(folder, root);
  const labels = labelsFile === undefined ? folders : await listLines(labelsFile);
  if (labelsFile !== undefined && labels.length !== folders.length) {
    const got = `${labels.length} ≠ ${folders.length}`;
    throw fileFault(labelsFile, { fault: 'wrong-label-count', got });
  }
  const samples: Sample[] = [];
  for (const [label, name] of folders.entries()) {
    for (const id of await picturesBelow(folder, name)) samples.push({ id, path: join(folder, id), label });
  }
  if (samples.length === 0) throw new TuwenError('TUWEN_NO_IMAGES', { path: folder });
  const listed = { path: folder, sha256: await listHash(samples) };
  const hashed = labelsFile === undefined ? [] : [{ path: labelsFile, sha256: await sha256Of(labelsFile) }];
  return { name: basename(root), path: root, split, labels, samples, files: [...hashed, listed] };
}

/** `label_cn.txt` in the set's folder, or in the one above where the folder of classes itself was named. */
function labelFileBeside(folder: string, root: string): string | undefined {
  return [join(root, 'label_cn.txt'), join(dirname(folder), 'label_cn.txt')].find((file) => existsSync(file));
}

async function foldersOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for (const name of await readdir(folder)) {
      if ((await stat(join(folder, name))).isDirectory()) names.push(name);
    }
  } catch (cause) {
    throw fileError(folder, cause);
  }
  if (names.length === 0) throw new TuwenError('TUWEN_NO_IMAGES', { path: folder });
  return names.sort(byCodePoint);
}

/** The pictures in a folder and all below it: folder by folder in the order of their paths, names in order. */
async function picturesBelow(root: string, folder: string): Promise<string[]> {
  const folders: string[] = [];
  const files = new Map<string, string[]>();
  const walk = async (inside: string) => {
    folders.push(inside);
    const own: string[] = [];
    for (const name of await readdir(join(root, inside))) {
      const place = `${inside}/${name}`;
      if ((await stat(join(root, place))).isDirectory()) await walk(place);
      else if (PICTURE.test(name)) own.push(name);
    }
    files.set(inside, own.sort(byCodePoint));
  };
  await walk(folder);
  return folders.sort(byCodePoint).flatMap((each) => files.get(each)!.map((name) => `${each}/${name}`));
}

/** The order of Python's strings. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Of the paths and sizes of the pictures. */
async function listHash(samples: readonly Sample[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { id, path } of samples) hash.update(`${id}\t${(await stat(path)).size}\n`);
  return hash.digest('hex');
}
