/** Pairs of a picture and a text as a data set in the official form: TSV and JSONL. */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { RawImage } from '../../../src/clip/index.ts';

/** A picture and its text. */
export interface Item {
  readonly text: string;
  readonly picture: RawImage;
}

/** Writes a split: a picture for each item, a text for each picture. The texts come last, so a split that has them is whole. */
export async function writeSplit(
  folder: string,
  split: string,
  items: AsyncIterable<Item> | Iterable<Item>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pictures = await open(join(folder, `${split}_imgs.tsv`), 'w');
  const lines: string[] = [];
  for await (const { text, picture } of items) {
    const { data, width, height, channels } = picture;
    const raw = { width, height, channels: channels as 3 };
    const png = await sharp(data, { raw }).png({ compressionLevel: 1 }).toBuffer();
    const id = lines.length;
    await pictures.write(`${id}\t${png.toString('base64')}\n`);
    lines.push(`${JSON.stringify({ text_id: id, text, image_ids: [id] })}\n`);
  }
  await pictures.close();
  await writeFile(join(folder, `${split}_texts.jsonl`), lines);
  console.log(`${split}: ${lines.length} pairs`);
}
