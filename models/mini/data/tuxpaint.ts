/**
 * The stamps of Tux Paint with a Chinese caption, from Debian's `tuxpaint-stamps-default`: pictures of another kind
 * than the model has seen, many of them photographs. Fetched, never kept in the repository.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { RawImage } from '../../../src/clip/index.ts';
import type { Concept } from './concepts.ts';
import { recipePath } from './files.ts';

const run = promisify(execFile);
const PACKAGE = 'tuxpaint-stamps-default';
const STAMPS = 'usr/share/tuxpaint/stamps';

export interface Stamp {
  readonly path: string;
  /** Its caption, without punctuation and measure word. */
  readonly label: string;
}

/** The folder of the stamps, downloaded with Debian's tools where it is not there yet. */
export async function fetchStamps(): Promise<string> {
  const folder = recipePath('build/tuxpaint');
  const stamps = join(folder, STAMPS);
  if (existsSync(stamps)) return stamps;
  await mkdir(folder, { recursive: true });
  await run('apt-get', ['download', PACKAGE], { cwd: folder });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))!;
  await run('dpkg-deb', ['-x', archive, '.'], { cwd: folder });
  return stamps;
}

/** Stamps outside `symbols/` whose caption is the label of a concept, in the order of their paths. */
export async function labelledStamps(folder: string, concepts: readonly Concept[]): Promise<Stamp[]> {
  const labels = new Set(concepts.map(({ label }) => label));
  return (await captionedStamps(folder)).filter(({ label }) => labels.has(label));
}

/** All stamps outside `symbols/` with a Chinese caption, in the order of their paths. */
export async function captionedStamps(folder: string): Promise<Stamp[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
  const stamps: Stamp[] = [];
  for (const name of names) {
    if (name.startsWith('symbols/')) continue;
    const label = await captionOf(join(folder, name.replace(/\.png$/, '.txt')));
    if (label) stamps.push({ path: join(folder, name), label });
  }
  return stamps;
}

/** The simplified Chinese caption without punctuation and without a leading 一 and its measure word. */
async function captionOf(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const line = /^zh_CN\.utf8=(.+)$/m.exec(await readFile(path, 'utf8'))?.[1];
  return line?.replace(/[\p{P}\s]/gu, '').replace(/^一[只个条头匹辆架把朵棵颗块支张件台艘座位片双顶根]/u, '');
}

/** A stamp on white. */
export async function stampImage({ path }: Stamp): Promise<RawImage> {
  const { data, info } = await sharp(path)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as 1 | 3 };
}
