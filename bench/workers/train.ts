/** The small model's picture step, as `tuwen train models/mini/pictures.yaml` makes it: `train.js <start.safetensors> <threads>`. */
import { MINI } from '../../models/mini/model.ts';
import { initialState, openClipObjective, type PairBatch, train } from '../../src/train/index.ts';
import { elements, readSafetensors, toFloat32 } from '../../src/weights/index.ts';
import { serve } from './serve.ts';

const [file, threads] = process.argv.slice(2) as [string, string];
const start = await readSafetensors(file);
const dim = MINI.embedDim;
const weights = new Map(
  [...start]
    .filter(([name]) => name === 'logit_scale' || name.startsWith('visual.'))
    .map(([name, tensor]) => [name, toFloat32(tensor) as Float32Array<ArrayBuffer>]),
);
const objective = openClipObjective({
  config: MINI,
  weights,
  allTexts: true,
  session: { threads: Number(threads) },
});
const state = initialState(objective.trained, weights);
const optimizer = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-6,
  weightDecay: 0.05,
  decays: (name: string) => !/bn\d|downsample\.1|bias|positional|logit_scale/.test(name),
};
const pairs = pairsOf();

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
    batch: (step) => ({ step, ...pairs }),
    onStep: (report) => {
      loss = report.loss;
    },
  });
  return { seconds: (performance.now() - begin) / 1000 / request.count, loss };
});
await objective.close();

/** The pictures, and the vectors of their labels among those of all. */
function pairsOf(): Omit<PairBatch, 'step'> {
  const labels = toFloat32(start.get('labels')!);
  const chosen = elements(start.get('right')!) as Int32Array;
  const texts = new Float32Array(chosen.length * dim);
  chosen.forEach((label, i) => {
    texts.set(labels.subarray(label * dim, (label + 1) * dim), i * dim);
  });
  const pixels = start.get('pixels')!;
  return {
    pixels: { data: toFloat32(pixels), dims: pixels.shape },
    ids: { data: texts, dims: [chosen.length, dim] },
    allTexts: { data: labels, dims: [labels.length / dim, dim] },
  };
}
