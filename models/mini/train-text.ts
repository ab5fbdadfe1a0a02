/** First stage: the text tower learns to say what the text teacher says. Writes `build/text.safetensors`, with a random image tower beside it. */
import { builder, createTokenizer, paddedIds, textTower } from '../../src/clip/index.ts';
import type { Feeds } from '../../src/engine/index.ts';
import { add, mul, reduceMean, reduceSum, scale, shift, symbol, training } from '../../src/graph/index.ts';
import {
  contrastiveLoss,
  cosineSchedule,
  createRandom,
  initialState,
  initialWeights,
  openObjective,
  saveCheckpoint,
  train,
  unitRows,
  weightShapes,
} from '../../src/train/index.ts';
import { readJson, recipePath } from './data/files.ts';
import { recallAt, select, similarities } from './data/metrics.ts';
import { identity, reporter } from './data/report.ts';
import { encodeTexts } from './encode.ts';
import { MINI, readVocabulary, SEED } from './model.ts';
import { loadTargets } from './teacher/targets.ts';

const BATCH = 384;
const STEPS = Number(process.env.STEPS ?? 500);
const THREADS = Number(process.env.THREADS ?? 2);
/** One text in so many is never trained on, to see whether the tower understands rather than remembers. */
const UNSEEN_EVERY = 26;
const TEMPERATURE = 0.05;

const texts = await readJson<string[]>('teacher/texts.json');
const targets = await loadTargets();
const vocabulary = await readVocabulary();
const tokenizer = createTokenizer(vocabulary);
const ids = texts.map((text) => tokenizer.encode(text));
const random = createRandom(SEED);
const weights = initialWeights(MINI, random);
const seen = texts.flatMap((_, i) => (i % UNSEEN_EVERY === 0 ? [] : [i]));

const objective = await openObjective({
  weights,
  threads: THREADS,
  spinning: false,
  trains: (name) => name !== 'logit_scale',
  build: (graph) => {
    const batch = symbol('batch');
    const tower = textTower(
      builder(graph, training()),
      MINI,
      graph.input('ids', 'int64', [batch, symbol('sequence')]),
    );
    const student = unitRows(tower.features);
    const teacher = graph.input('teacher', 'float32', [batch, MINI.embedDim]);
    const pairs = graph.input('targets', 'float32', [batch, batch]);
    const logitScale = graph.floats(Math.log(1 / TEMPERATURE));
    const { loss } = contrastiveLoss({ images: student, texts: teacher, logitScale, targets: pairs });
    const cosine = reduceMean(reduceSum(mul(student, teacher), [1]), [0]);
    return { loss: add(scale(shift(scale(cosine, -1), 1), 4), scale(loss, 0.5)), outputs: { cosine } };
  },
});
const state = initialState(objective.trained, weights);

let order: number[] = [];
function nextBatch(): Feeds {
  if (order.length < BATCH) order = random.shuffle([...seen]);
  const rows = order.splice(0, BATCH);
  const tokens = paddedIds(rows.map((row) => ids[row]!));
  return {
    ids: { data: tokens, dims: [BATCH, tokens.length / BATCH] },
    teacher: { data: select(targets, rows).data as Float32Array<ArrayBuffer>, dims: [BATCH, MINI.embedDim] },
    targets: identity(BATCH),
  };
}

const report = reporter('text', BATCH);
await train({
  objective,
  weights,
  state,
  optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.01 },
  steps: STEPS,
  learningRate: cosineSchedule(1e-3, 50, STEPS),
  clipNorm: 1,
  batch: nextBatch,
  onStep: report,
});
await saveCheckpoint(recipePath('build/text.safetensors'), {
  weights,
  shapes: weightShapes(MINI),
  optimizer: { step: state.step, first: new Map(), second: new Map() },
  data: {},
  model: { config: MINI, vocabulary },
});

const unseen = texts.flatMap((_, i) => (i % UNSEEN_EVERY === 0 ? [i] : []));
const vectors = await encodeTexts(
  MINI,
  weights,
  tokenizer,
  unseen.map((i) => texts[i]!),
  THREADS,
);
const found = recallAt(similarities(vectors, select(targets, unseen)), [...unseen.keys()], [1, 10]);
console.log(`${unseen.length} unseen texts find their own target first: ${(100 * found[1]).toFixed(1)} %`);
