/**
 * What the text teacher is worth: trains both towers from random weights on drawings alone, 64,000 of them, and prints what
 * they and the taught text tower come to. Not part of the recipe.
 */
import { builder, createTokenizer, imageTower, paddedIds, textTower } from '../../src/clip/index.ts';
import { symbol, training } from '../../src/graph/index.ts';
import {
  contrastiveLoss,
  createRandom,
  initialState,
  initialWeights,
  loadCheckpoint,
  openObjective,
  train,
  unitRows,
  type WeightArrays,
  weightShapes,
} from '../../src/train/index.ts';
import { createBatches } from './data/batches.ts';
import { loadConcepts } from './data/concepts.ts';
import { testImages, testPictures } from './data/evaluation.ts';
import { recipePath } from './data/files.ts';
import { recallAt, similarities } from './data/metrics.ts';
import { PICTURE_SIZE } from './data/picture.ts';
import { identity, reporter } from './data/report.ts';
import { loadSprites } from './data/sprites.ts';
import { synonymTest } from './data/synonyms.ts';
import { encodePictures, encodeTexts } from './encode.ts';
import { MINI, readVocabulary, SEED } from './model.ts';

const BATCH = 64;
const STEPS = Number(process.env.STEPS ?? 1000);
const THREADS = Number(process.env.THREADS ?? 2);

const all = await loadConcepts();
const concepts = all.filter(({ heldOut }) => !heldOut);
const labels = concepts.map(({ label }) => label);
const tokenizer = createTokenizer(await readVocabulary());
const ids = labels.map((label) => tokenizer.encode(label));
const draw = createBatches(concepts, await loadSprites('sprites'));
const draws = createRandom(SEED + 2);
const weights = initialWeights(MINI, createRandom(SEED + 1));

const objective = await openObjective({
  weights,
  threads: THREADS,
  spinning: false,
  build: (graph) => {
    const batch = symbol('batch');
    const b = builder(graph, training());
    const pixels = graph.input('pixels', 'float32', [batch, 3, PICTURE_SIZE, PICTURE_SIZE]);
    return contrastiveLoss({
      images: unitRows(imageTower(b, MINI, pixels).features),
      texts: unitRows(textTower(b, MINI, graph.input('ids', 'int64', [batch, symbol('sequence')])).features),
      logitScale: b.weight('logit_scale'),
      targets: graph.input('pairs', 'float32', [batch, batch]),
    });
  },
});
await train({
  objective,
  weights,
  state: initialState(objective.trained, weights),
  optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.05 },
  steps: STEPS,
  learningRate: (step) => 1e-3 * Math.min(1, (step + 1) / 100),
  clipNorm: 1,
  batch: () => {
    const { pixels, concepts: drawn } = draw(BATCH, 0, draws);
    const tokens = paddedIds(drawn.map((concept) => ids[concept]!));
    return { pixels, ids: { data: tokens, dims: [BATCH, tokens.length / BATCH] }, pairs: identity(BATCH) };
  },
  onStep: reporter('joint', BATCH),
});

const pictures = testPictures(testImages(concepts, await loadSprites('openmoji'), 'white'));
const synonyms = synonymTest(all);
const right = synonyms.map(({ concept }) => concepts.indexOf(all[concept]!));

/** Percent: synonyms that find their label among all labels, and labels that are found for pictures. */
async function measure(name: string, of: WeightArrays): Promise<void> {
  const texts = await encodeTexts(MINI, of, tokenizer, labels, THREADS);
  const words = synonyms.map(({ text }) => text);
  const queries = await encodeTexts(MINI, of, tokenizer, words, THREADS);
  const images = await encodePictures(MINI, of, pictures, THREADS);
  const result = {
    synonymToLabel: recallAt(similarities(queries, texts), right, [1, 10]),
    synonymToPicture: recallAt(similarities(queries, images), right, [10]),
    pictureToLabel: recallAt(similarities(images, texts), [...labels.keys()], [1, 5]),
  };
  console.log(name, JSON.stringify(result));
}

await measure(`without teacher, ${STEPS * BATCH} pictures:`, weights);
const taught = initialWeights(MINI, createRandom(0));
const optimizer = { step: 0, first: new Map(), second: new Map() };
await loadCheckpoint(recipePath('build/text.safetensors'), {
  weights: taught,
  shapes: weightShapes(MINI),
  optimizer,
});
await measure(
  'with teacher, text tower alone (its picture figures are of an untrained image tower):',
  taught,
);
