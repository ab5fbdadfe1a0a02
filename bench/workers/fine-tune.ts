/** Steps of fine-tuning: `fine-tune.js <folder in our layout> <threads> <batch> <parts> <checkpointing>`. */
import { readModel } from '../../src/clip/index.ts';
import { initialState, openClipObjective, train, weightShapes } from '../../src/train/index.ts';
import { toFloat32 } from '../../src/weights/index.ts';
import { serve } from './serve.ts';

/** As many tokens as a caption of Flickr30K-CN has on average, [CLS] and [SEP] included. */
const TOKENS = 20;

const [folder, threads, batch, parts, checkpointing] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const { config, weights: stored } = await readModel(folder, { mapped: true });
const weights = new Map(
  [...weightShapes(config).keys()].map((name) => [name, new Float32Array(toFloat32(stored.get(name)!))]),
);
const objective = openClipObjective({
  config,
  weights,
  parts: Number(parts),
  checkpointing: checkpointing === 'true',
  session: { threads: Number(threads) },
});
const state = initialState(objective.trained, weights);
const pairs = pairsOf(Number(batch));

await serve(async (request) => {
  if (request.kind !== 'steps') throw new Error(`not a request for this process: ${request.kind}`);
  let loss = Number.NaN;
  const begin = performance.now();
  await train({
    objective,
    weights,
    state,
    steps: state.step + request.count,
    optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 1e-3 },
    learningRate: () => 1e-5,
    batch: (step) => ({ step, ...pairs }),
    onStep: (report) => {
      loss = report.loss;
    },
  });
  return { seconds: (performance.now() - begin) / 1000 / request.count, loss };
});
await objective.close();

/** Pictures of a few sines, and texts of words from a list: the same in `bench/python/fine_tune.py`. */
function pairsOf(count: number) {
  const size = config.pixels.size;
  const pixels = Float32Array.from({ length: count * 3 * size * size }, (_, i) => Math.sin(i * 0.37 + 1));
  const ids = BigInt64Array.from({ length: count * TOKENS }, (_, i) => {
    const place = i % TOKENS;
    if (place === 0) return 101n;
    return place === TOKENS - 1 ? 102n : BigInt(1000 + ((i * 7919) % 15_000));
  });
  return {
    pixels: { dims: [count, 3, size, size], data: pixels },
    ids: { dims: [count, TOKENS], data: ids },
  };
}
