/**
 * Second stage: the image tower learns from drawings, while the text tower stands still. Writes checkpoints to
 * `build/pictures.safetensors` and goes on from there when run again.
 */
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { builder, createTokenizer, imageTower } from '../../src/clip/index.ts';
import type { EngineTensor, Feeds } from '../../src/engine/index.ts';
import { add, exp, matmul, mul, symbol, training } from '../../src/graph/index.ts';
import {
  contrastiveLoss,
  createRandom,
  crossEntropy,
  initialState,
  initialWeights,
  loadCheckpoint,
  openObjective,
  type RandomState,
  saveCheckpoint,
  train,
  unitRows,
  weightShapes,
} from '../../src/train/index.ts';
import { strengthAt } from './data/augment.ts';
import { createBatches } from './data/batches.ts';
import { loadConcepts } from './data/concepts.ts';
import { testImages, testPictures } from './data/evaluation.ts';
import { recipePath } from './data/files.ts';
import { recallAt, select, similarities } from './data/metrics.ts';
import { PICTURE_SIZE } from './data/picture.ts';
import { identity, reporter } from './data/report.ts';
import { loadSprites } from './data/sprites.ts';
import { encodePictures, encodeTexts } from './encode.ts';
import { MINI, readVocabulary, SEED } from './model.ts';

const BATCH = 64;
const PICTURES = Number(process.env.PICTURES ?? 800_000);
const STEPS = Math.floor(PICTURES / BATCH);
const THREADS = Number(process.env.THREADS ?? 2);
const CHECKPOINT = recipePath('build/pictures.safetensors');
const PEAK = 1e-3;
const WARMUP = 100;
/** The share of the run after which the learning rate begins to fall, and where it ends. */
const HOLD = 0.35;
const FLOOR = 0.01;
const FIRST_TEMPERATURE = 0.04;

const concepts = (await loadConcepts()).filter(({ heldOut }) => !heldOut);
const sprites = await loadSprites('sprites');
const openmoji = await loadSprites('openmoji');
const tokenizer = createTokenizer(await readVocabulary());

const random = createRandom(SEED + 1);
const weights = initialWeights(MINI, random);
const shapes = weightShapes(MINI);
const nothing = { step: 0, first: new Map(), second: new Map() };
await loadCheckpoint(recipePath('build/text.safetensors'), { weights, shapes, optimizer: nothing });
weights.get('logit_scale')![0] = Math.log(1 / FIRST_TEMPERATURE);
const labels = concepts.map(({ label }) => label);
const texts = await encodeTexts(MINI, weights, tokenizer, labels, THREADS);

const objective = await openObjective({
  weights,
  threads: THREADS,
  spinning: false,
  build: (graph) => {
    const batch = symbol('batch');
    const b = builder(graph, training());
    const pixels = graph.input('pixels', 'float32', [batch, 3, PICTURE_SIZE, PICTURE_SIZE]);
    const images = unitRows(imageTower(b, MINI, pixels).features);
    const logitScale = b.weight('logit_scale');
    const pairs = contrastiveLoss({
      images,
      texts: graph.input('texts', 'float32', [batch, MINI.embedDim]),
      logitScale,
      targets: graph.input('pairs', 'float32', [batch, batch]),
    });
    const all = graph.input('labels', 'float32', [concepts.length, MINI.embedDim]);
    const logits = mul(matmul(images, all, { b: true }), exp(logitScale));
    const right = graph.input('right', 'float32', [batch, concepts.length]);
    return { loss: add(pairs.loss, crossEntropy(logits, right)) };
  },
});
const state = initialState(objective.trained, weights);
let draws = createRandom(SEED + 2);
if (existsSync(CHECKPOINT)) {
  draws = createRandom(await loadCheckpoint<RandomState>(CHECKPOINT, { weights, shapes, optimizer: state }));
  console.log(`going on from step ${state.step}`);
}

const draw = createBatches(concepts, sprites);

function learningRate(step: number): number {
  if (step < WARMUP) return (PEAK * (step + 1)) / WARMUP;
  const hold = HOLD * STEPS;
  if (step < hold) return PEAK;
  const falling = 0.5 * (1 + Math.cos((Math.PI * (step - hold)) / (STEPS - hold)));
  return PEAK * (FLOOR + (1 - FLOOR) * falling);
}

function nextBatch(step: number): Feeds {
  const drawn = draw(BATCH, strengthAt(step / STEPS), draws);
  const right = new Float32Array(BATCH * concepts.length);
  drawn.concepts.forEach((concept, i) => {
    right[i * concepts.length + concept] = 1;
  });
  return {
    pixels: drawn.pixels,
    texts: matrix(select(texts, drawn.concepts).data),
    labels: matrix(texts.data),
    pairs: identity(BATCH),
    right: { data: right, dims: [BATCH, concepts.length] },
  };
}

function matrix(data: Float32Array): EngineTensor {
  return { data, dims: [data.length / MINI.embedDim, MINI.embedDim] };
}

const unseen = testPictures(testImages(concepts, openmoji, 'white'));

/** Accuracy on the unseen style among all trained labels, kept in `build/accuracy.jsonl`. */
async function evaluate(step: number): Promise<void> {
  const images = await encodePictures(MINI, weights, unseen, THREADS);
  const found = recallAt(similarities(images, texts), [...concepts.keys()], [1, 5]);
  const line = JSON.stringify({ step, pictures: step * BATCH, top1: found[1], top5: found[5] });
  console.log(line);
  await appendFile(recipePath('build/accuracy.jsonl'), `${line}\n`);
}

const report = reporter('pictures', BATCH);
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
process.once('SIGTERM', () => interruption.abort());
await train({
  objective,
  weights,
  state,
  optimizer: {
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-6,
    weightDecay: 0.05,
    decays: (name) => !/bn\d|downsample\.1|bias|positional|logit_scale/.test(name),
  },
  steps: STEPS,
  learningRate,
  clipNorm: 1,
  batch: nextBatch,
  onStep: async (step) => {
    report(step);
    if ((step.step + 1) % 1000 === 0 || step.step + 1 === STEPS) await evaluate(step.step + 1);
  },
  checkpoint: {
    every: 500,
    save: () => saveCheckpoint(CHECKPOINT, { weights, shapes, optimizer: state, data: draws.state() }),
  },
  signal: interruption.signal,
});
