/**
 * Renders the pictures of the second stage into `build/drawings`, five gigabytes, as a data set for `pictures.yaml`: a split for
 * each of its stages, and one of the unseen style. Splits that are whole are left.
 */
import { existsSync } from 'node:fs';
import { type Drawings, drawings, trainedConcepts, unseenDrawings } from './data/drawings.ts';
import { recipePath } from './data/files.ts';
import { writeSplit } from './data/split.ts';

/** All pictures of the run, stage by stage. */
const SPLITS: Readonly<Record<string, Drawings>> = {
  plain: { count: 80_000, from: 0, to: 0.1 },
  half: { count: 200_000, from: 0.1, to: 0.35 },
  train: { count: 520_000, from: 0.35, to: 1 },
};

const folder = recipePath('build/drawings');
const isWhole = (split: string) => existsSync(`${folder}/${split}_texts.jsonl`);
const concepts = await trainedConcepts();
for (const [split, part] of Object.entries(SPLITS))
  if (!isWhole(split)) await writeSplit(folder, split, drawings(concepts, part));
if (!isWhole('valid')) await writeSplit(folder, 'valid', await unseenDrawings(concepts));
