/**
 * Sets on which the shipped model is evaluated, in the official forms, in `build/evaluation`: drawings of a style it has not
 * seen (OpenMoji), and photographs (the stamps of Tux Paint). Needs `npm ci` in `models/mini`, and Debian's tools for the
 * stamps; `docs/evaluation.md` has the commands that follow, and what came out.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { type Concept, loadConcepts } from '../../models/mini/data/concepts.ts';
import { loadStyles, UNSEEN_STYLE } from '../../models/mini/data/styles.ts';
import { fetchStamps, labelledStamps } from '../../models/mini/data/tuxpaint.ts';
import { ROOT } from '../paths.ts';

const SIDE = 224;
const folder = (...parts: string[]) => join(ROOT, 'build/evaluation', ...parts);

interface Item {
  readonly text: string;
  readonly picture: Buffer;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A picture on white, as PNG. */
async function onWhite(source: Buffer | string): Promise<Buffer> {
  return sharp(source)
    .flatten({ background: '#ffffff' })
    .resize(SIDE, SIDE, { fit: 'contain', background: '#ffffff' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}

/** Writes a test split of TSV and JSONL: a picture for each item, a text for each different text. */
async function writeRetrieval(name: string, items: readonly Item[]): Promise<void> {
  const texts = new Map<string, { image_ids: number[]; fields: Item['fields'] }>();
  items.forEach(({ text, fields }, i) => {
    const known = texts.get(text);
    if (known) known.image_ids.push(i);
    else texts.set(text, { image_ids: [i], fields });
  });
  await mkdir(folder(name), { recursive: true });
  const pictures = items.map(({ picture }, i) => `${i}\t${picture.toString('base64')}\n`);
  await writeFile(folder(name, 'test_imgs.tsv'), pictures.join(''));
  const lines = [...texts].map(([text, { image_ids, fields }], text_id) =>
    JSON.stringify({ text_id, text, image_ids, ...fields }),
  );
  await writeFile(folder(name, 'test_texts.jsonl'), `${lines.join('\n')}\n`);
  console.log(`${name}: ${items.length} pictures, ${texts.size} texts`);
}

/** Writes class folders of ELEVATER's layout. */
async function writeClasses(name: string, items: readonly Item[]): Promise<void> {
  const labels = [...new Set(items.map(({ text }) => text))];
  for (const [i, { text, picture }] of items.entries()) {
    const own = folder(name, 'test', String(labels.indexOf(text)).padStart(3, '0'));
    await mkdir(own, { recursive: true });
    await writeFile(join(own, `${i}.png`), picture);
  }
  await writeFile(folder(name, 'label_cn.txt'), `${labels.join('\n')}\n`);
  console.log(`${name}: ${items.length} pictures, ${labels.length} classes`);
}

async function drawings(concepts: readonly Concept[]): Promise<(Item & { concept: Concept })[]> {
  const drawing = (await loadStyles()).get(UNSEEN_STYLE)!;
  const items = [];
  for (const concept of concepts) {
    const source = await drawing(concept);
    if (source === undefined) continue;
    const fields = { seen: concept.heldOut ? 'new concept' : 'known concept', concrete: concept.concrete };
    items.push({ text: concept.label, picture: await onWhite(source), fields, concept });
  }
  return items;
}

/** Stamps that are photographs, by the folders they are in, with their whole Chinese captions. */
async function photographs(stamps: string): Promise<Item[]> {
  const names = (await readdir(stamps, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
  const items: Item[] = [];
  for (const name of names) {
    if (/symbols|cartoon/.test(name)) continue;
    const description = await readFile(join(stamps, name.replace(/\.png$/, '.txt')), 'utf8').catch(() => '');
    const text = /^zh_CN\.utf8=(.+)$/m.exec(description)?.[1]?.trim();
    if (!text) continue;
    const [kind] = dirname(name).split('/');
    items.push({ text, picture: await onWhite(join(stamps, name)), fields: { kind } });
  }
  return items;
}

const concepts = await loadConcepts();
const drawn = await drawings(concepts);
await writeRetrieval('openmoji', drawn);
await writeClasses(
  'openmoji-classes',
  drawn.filter(({ concept }) => concept.concrete),
);
const stamps = await fetchStamps();
await writeRetrieval('tuxpaint', await photographs(stamps));
const labelled = await labelledStamps(stamps, concepts);
await writeClasses(
  'tuxpaint-classes',
  await Promise.all(
    labelled.map(async ({ path, label }) => ({ text: label, picture: await onWhite(path), fields: {} })),
  ),
);
