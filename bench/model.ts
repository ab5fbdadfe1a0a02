/** A full-size model with random weights: speed and rounding do not depend on what a model knows. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChineseClipConfig,
  type PublishedName,
  publishedConfig,
  stateEntries,
  writeTuwen,
} from '../src/clip/index.ts';
import { createRandom, initialWeights } from '../src/train/index.ts';
import { fromFloat32, zeros } from '../src/weights/index.ts';
import { buildPath, ROOT } from './paths.ts';

const VOCABULARY = join(ROOT, 'test/fixtures/tiny-hf/vocab.txt');
const SEED = 20_240_705;

/** ViT-B/16 and BERT-base: the smallest Chinese-CLIP with a vision transformer. */
export const CONFIG: ChineseClipConfig = publishedConfig('ViT-B-16');

/**
 * Weights larger than a text tower begins with. At the usual 0.02 the class token hardly hears the other tokens, all
 * texts have nearly the same vector, and an error in a layer would not show.
 */
const TEXT_DEVIATION = 0.06;

/** Writes a published size in our layout, once; returns its folder. */
export async function randomModel(size: PublishedName = 'ViT-B-16'): Promise<string> {
  const config = publishedConfig(size);
  const folder = buildPath(size.toLowerCase());
  if (existsSync(join(folder, 'config.json'))) return folder;
  const louder = { ...config, text: { ...config.text, initializerRange: TEXT_DEVIATION } };
  const arrays = initialWeights(louder, createRandom(SEED));
  const weights = new Map(
    stateEntries(config).map(({ name, shape, role }) => [
      name,
      role === 'counter' ? zeros('I64', []) : fromFloat32(arrays.get(name)!, shape),
    ]),
  );
  const vocabulary = await readFile(VOCABULARY, 'utf8');
  await writeTuwen(folder, { config, weights, vocabulary }, { dtype: 'F32' });
  return folder;
}
