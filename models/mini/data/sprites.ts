import { mkdir, open, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { OnProgress } from '../../../src/base/index.ts';
import { progressMeter } from '../../../src/base/index.ts';
import type { Concept } from './concepts.ts';
import { readJson, recipePath, writeJson } from './files.ts';
import type { Style, StyleName } from './styles.ts';

/** Width and height of a sprite, in pixels. */
export const SPRITE_SIZE = 96;

/** Bytes of a sprite: RGBA, the colours premultiplied by alpha. */
export const SPRITE_BYTES = SPRITE_SIZE * SPRITE_SIZE * 4;

/** Which drawing a sprite is; the n-th record of the index describes the n-th sprite of the file. */
export interface SpriteRecord {
  hexcode: string;
  style: StyleName;
}

/** A sprite file in memory. */
export interface Sprites {
  records: SpriteRecord[];
  /** All sprites, `SPRITE_BYTES` each. */
  pixels: Uint8Array;
}

/** Draws every concept in every style that has it, into `build/<name>.bin` and its index `build/<name>.json`. */
export async function buildSprites(
  name: string,
  concepts: readonly Concept[],
  styles: ReadonlyMap<StyleName, Style>,
  onProgress?: OnProgress,
): Promise<SpriteRecord[]> {
  await mkdir(recipePath('build'), { recursive: true });
  sharp.concurrency(1);
  const records: SpriteRecord[] = [];
  const meter = progressMeter('drawing', concepts.length * styles.size, onProgress);
  const file = await open(recipePath(`build/${name}.bin`), 'w');
  try {
    for (const [style, drawing] of styles) {
      for (const concept of concepts) {
        const source = await drawing(concept);
        if (source !== undefined) {
          await file.write(await rasterise(source));
          records.push({ hexcode: concept.hexcode, style });
        }
        meter.advance();
      }
    }
  } finally {
    await file.close();
  }
  await writeJson(`build/${name}.json`, records);
  return records;
}

export async function loadSprites(name: string): Promise<Sprites> {
  return {
    records: await readJson<SpriteRecord[]>(`build/${name}.json`),
    pixels: await readFile(recipePath(`build/${name}.bin`)),
  };
}

/** A drawing as one sprite, fitted into the square. */
async function rasterise(source: Buffer): Promise<Uint8Array> {
  const pixels = await sharp(source)
    .resize(SPRITE_SIZE, SPRITE_SIZE, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer();
  premultiply(pixels);
  return pixels;
}

function premultiply(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = pixels[i + 3]! / 255;
    for (let channel = i; channel < i + 3; channel++) {
      pixels[channel] = Math.round(pixels[channel]! * alpha);
    }
  }
}
