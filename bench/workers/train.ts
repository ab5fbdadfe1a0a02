/** The small model's picture step, as `models/mini/train-pictures.ts` makes it: `train.js <start.safetensors> <threads>`. */
import { MINI } from '../../models/mini/model.ts';
import { builder, imageTower } from '../../src/clip/index.ts';
import type { Feeds } from '../../src/engine/index.ts';
import { add, exp, matmul, mul, training } from '../../src/graph/index.ts';
import {
  contrastiveLoss,
  crossEntropy,
  initialState,
  openObjective,
  train,
  unitRows,
} from '../../src/train/index.ts';
import { elements, readSafetensors, toFloat32 } from '../../src/weights/index.ts';
import { serve } from './serve.ts';

const [file, threads] = process.argv.slice(2) as [string, string];
const start = await readSafetensors(file);
const batch = start.get('pixels')!.shape[0]!;
const classes = start.get('labels')!.shape[0]!;
const dim = MINI.embedDim;
const weights = new Map(
  [...start]
    .filter(([name]) => name === 'logit_scale' || name.startsWith('visual.'))
    .map(([name, tensor]) => [name, toFloat32(tensor) as Float32Array<ArrayBuffer>]),
);

const objective = await openObjective({
  weights,
  threads: Number(threads),
  build: (graph) => {
    const b = builder(graph, training());
    const size = MINI.pixels.size;
    const pixels = graph.input('pixels', 'float32', [batch, 3, size, size]);
    const images = unitRows(imageTower(b, MINI, pixels).features);
    const logitScale = b.weight('logit_scale');
    const texts = graph.input('texts', 'float32', [batch, dim]);
    const pairs = contrastiveLoss({
      images,
      texts,
      logitScale,
      targets: graph.input('pairs', 'float32', [batch, batch]),
    });
    const labels = graph.input('labels', 'float32', [classes, dim]);
    const logits = mul(matmul(images, labels, { b: true }), exp(logitScale));
    return {
      loss: add(pairs.loss, crossEntropy(logits, graph.input('right', 'float32', [batch, classes]))),
    };
  },
});
const state = initialState(objective.trained, weights);
const optimizer = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-6,
  weightDecay: 0.05,
  decays: (name: string) => !/bn\d|downsample\.1|bias|positional|logit_scale/.test(name),
};
const feeds = feedsOf();

await serve(async (request) => {
  if (request.kind !== 'steps') throw new Error(`not a request for this process: ${request.kind}`);
  let loss = Number.NaN;
  const begin = performance.now();
  await train({
    objective,
    weights,
    state,
    optimizer,
    steps: state.step + request.count,
    learningRate: () => 1e-3,
    clipNorm: 1,
    batch: () => feeds,
    onStep: (report) => {
      loss = report.loss;
    },
  });
  return { seconds: (performance.now() - begin) / 1000 / request.count, loss };
});
await objective.close();

function feedsOf(): Feeds {
  const labels = toFloat32(start.get('labels')!);
  const chosen = elements(start.get('right')!) as Int32Array;
  const texts = new Float32Array(batch * dim);
  const pairs = new Float32Array(batch * batch);
  const right = new Float32Array(batch * classes);
  chosen.forEach((label, i) => {
    texts.set(labels.subarray(label * dim, (label + 1) * dim), i * dim);
    pairs[i * batch + i] = 1;
    right[i * classes + label] = 1;
  });
  const pixels = start.get('pixels')!;
  return {
    pixels: { data: toFloat32(pixels), dims: pixels.shape },
    texts: { data: texts, dims: [batch, dim] },
    labels: { data: labels, dims: [classes, dim] },
    pairs: { data: pairs, dims: [batch, batch] },
    right: { data: right, dims: [batch, classes] },
  };
}
