/** Measures the shipped model through the library's own door; writes `results.json` and the tables of the model card. */
import { readFile, writeFile } from 'node:fs/promises';
import { classVectors, type Embeddings, loadClip, TEMPLATES } from '../../src/clip/index.ts';
import { resultTable } from './data/card.ts';
import { loadConcepts } from './data/concepts.ts';
import { curveImage } from './data/curve.ts';
import { score, testImages, testSets } from './data/evaluation.ts';
import { recipePath } from './data/files.ts';
import { recallAt, similarities, type Vectors } from './data/metrics.ts';
import { loadSprites } from './data/sprites.ts';
import { fetchStamps, labelledStamps, stampImage } from './data/tuxpaint.ts';

const clip = await loadClip(recipePath('model'));
const concepts = await loadConcepts();
const sets = testSets(concepts);
const openmoji = await loadSprites('openmoji');

const vectors = ({ data, dim }: Embeddings): Vectors => ({ data, length: dim });
const pictures = async (ground: 'white' | 'flat') =>
  vectors(await clip.embedImages(testImages(concepts, openmoji, ground)));

const classes = async (names: readonly string[]) =>
  vectors(await classVectors((texts) => clip.embedTexts(texts), names, TEMPLATES));

const labels = concepts.map(({ label }) => label);
const scores = score(
  {
    white: await pictures('white'),
    flat: await pictures('flat'),
    classes: await classes(labels),
    labels: vectors(await clip.embedTexts(labels)),
    synonyms: vectors(await clip.embedTexts(sets.synonyms.map(({ text }) => text))),
  },
  sets,
);

const stamps = await labelledStamps(await fetchStamps(), concepts);
const stampLabels = [...new Set(stamps.map(({ label }) => label))];
const stampVectors = vectors(await clip.embedImages(await Promise.all(stamps.map(stampImage))));
const stampScores = recallAt(
  similarities(stampVectors, await classes(stampLabels)),
  stamps.map(({ label }) => stampLabels.indexOf(label)),
  [1, 5],
);
await clip.close();

const results = {
  counts: {
    trained: sets.trained.length,
    concrete: sets.concrete.length,
    heldOut: sets.heldOut.length,
    concreteAll: sets.concreteAll.length,
    synonyms: sets.synonyms.length,
    stamps: stamps.length,
    stampLabels: stampLabels.length,
  },
  scores: { ...scores, stamps: stampScores },
};
await writeFile(recipePath('results.json'), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(recipePath('curve.png'), await curveImage());
const table = resultTable(results);
console.log(table);

const MARKS = ['<!-- results -->', '<!-- end of results -->'] as const;
const card = await readFile(recipePath('README.md'), 'utf8');
const [before, rest] = card.split(MARKS[0]) as [string, string];
await writeFile(
  recipePath('README.md'),
  `${before}${MARKS[0]}\n\n${table}\n\n${MARKS[1]}${rest.split(MARKS[1])[1]}`,
);
