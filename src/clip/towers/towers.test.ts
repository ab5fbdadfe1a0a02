import { beforeAll, describe, expect, test } from 'vitest';
import { engineTensor, fixture, floats, readTensors, rows } from '../../../test/support/fixtures.ts';
import { largestDifference } from '../../../test/support/numbers.ts';
import { runGraph } from '../../../test/support/run-graph.ts';
import type { EngineTensor } from '../../engine/index.ts';
import { Graph, type Lowering, serving, symbol, training } from '../../graph/index.ts';
import { type ReadModel, readModel } from '../layouts/index.ts';
import { stateEntries } from '../parameters.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';
import { OPENAI_NAMES, openaiConfig } from '../published-openai.ts';
import { builder, imageTower, type TowerOutput, textTower } from './index.ts';

/** Of unit vectors; and the reference's tolerance for values of any size, absolute and relative. */
const UNIT_TOLERANCE = 1e-5;
const TOLERANCE = 1e-4;

const LOWERINGS: readonly (readonly [string, Lowering])[] = [
  ['serving', serving],
  ['training', training({ statistics: 'running' })],
];

type Tensors = Awaited<ReturnType<typeof readTensors>>;

/** Builds a tower in a lowering and runs it: features and hidden states. */
async function run(model: ReadModel, lowering: Lowering, input: EngineTensor) {
  const graph = new Graph();
  const { features, hidden } = addTower(graph, lowering, model.config, input.dims.length === 4);
  graph.output('features', features);
  hidden.forEach((value, i) => {
    graph.output(`hidden.${i}`, value);
  });
  const weights = [...graph.parameters.keys()].map((name) => [name, engineTensor(model.weights.get(name)!)]);
  const results = await runGraph(graph, { input, ...Object.fromEntries(weights) });
  return {
    features: floats(results.features!),
    hidden: hidden.map((_, i) => floats(results[`hidden.${i}`]!)),
  };
}

function addTower(
  graph: Graph,
  lowering: Lowering,
  config: ReadModel['config'],
  isImage: boolean,
): TowerOutput {
  const b = builder(graph, lowering);
  const { size } = config.pixels;
  if (isImage)
    return imageTower(b, config, graph.input('input', 'float32', [symbol('batch'), 3, size, size]));
  return textTower(b, config, graph.input('input', 'int64', [symbol('batch'), symbol('sequence')]));
}

/** The largest of |a − b| / (1 + |b|), where b counts: the reference's tolerance is 1e-4 absolute + 1e-4 relative. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>, counts = (_: number) => true) {
  if (a.length !== b.length) return Number.NaN;
  let most = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = counts(i) ? Math.abs(a[i]! - b[i]!) / (1 + Math.abs(b[i]!)) : 0;
    if (!(difference <= most)) most = difference;
  }
  return most;
}

function unit(features: Float32Array, width: number): Float32Array {
  const result = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += width) {
    const row = features.subarray(start, start + width);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    result.set(
      row.map((x) => x / norm),
      start,
    );
  }
  return result;
}

describe.each(LOWERINGS)('tiny-hf, %s', (_, lowering) => {
  let model: ReadModel;
  let expected: Tensors;
  let width: number;
  beforeAll(async () => {
    model = await readModel(fixture('tiny-hf'));
    expected = await readTensors('tiny-hf/expected.safetensors');
    width = model.config.embedDim;
  });

  test('image features and hidden states', async () => {
    const { features, hidden } = await run(model, lowering, expected('pixel_values'));
    expect(hidden.length).toBe(4);
    hidden.forEach((state, i) => {
      expect(relativeDifference(state, floats(expected(`image.hidden.${i}`))), `hidden ${i}`).toBeLessThan(
        TOLERANCE,
      );
    });
    expect(relativeDifference(features, floats(expected('image.features')))).toBeLessThan(TOLERANCE);
    const difference = largestDifference(unit(features, width), floats(expected('image.features_norm')));
    expect(difference).toBeLessThan(UNIT_TOLERANCE);
  });

  test('text features and hidden states, where there are tokens', async () => {
    const { features, hidden } = await run(model, lowering, expected('input_ids'));
    const mask = expected('attention_mask').data;
    const states = model.config.text.hidden;
    expect(hidden.length).toBe(4);
    hidden.forEach((state, i) => {
      const isToken = (at: number) => mask[Math.floor(at / states)] === 1n;
      const difference = relativeDifference(state, floats(expected(`text.hidden.${i}`)), isToken);
      expect(difference, `hidden ${i}`).toBeLessThan(TOLERANCE);
    });
    expect(relativeDifference(features, floats(expected('text.features')))).toBeLessThan(TOLERANCE);
    const difference = largestDifference(unit(features, width), floats(expected('text.features_norm')));
    expect(difference).toBeLessThan(UNIT_TOLERANCE);
  });

  test('logits', async () => {
    const images = unit((await run(model, lowering, expected('pixel_values'))).features, width);
    const texts = unit((await run(model, lowering, expected('input_ids'))).features, width);
    const scale = Math.exp(floats(engineTensor(model.weights.get('logit_scale')!))[0]!);
    const logits = Array.from({ length: 4 * 6 }, (_, at) => {
      const [i, k] = [Math.floor(at / 6), at % 6];
      let sum = 0;
      for (let d = 0; d < width; d++) sum += images[i * width + d]! * texts[k * width + d]!;
      return scale * sum;
    });
    expect(relativeDifference(logits, floats(expected('logits_per_image')))).toBeLessThan(TOLERANCE);
  });

  test('texts at their real length have the features of padded ones', async () => {
    const ids = expected('input_ids');
    const padded = unit((await run(model, lowering, ids)).features, width);
    const lengths = new Set<number>();
    for (let i = 0; i < 6; i++) {
      const text = (rows(ids, i, i + 1).data as BigInt64Array).filter((id) => id !== 0n);
      lengths.add(text.length);
      const alone = await run(model, lowering, { dims: [1, text.length], data: text });
      const difference = largestDifference(
        unit(alone.features, width),
        padded.subarray(i * width, (i + 1) * width),
      );
      expect(difference, `text ${i}`).toBeLessThan(1e-6);
    }
    expect(lengths.size).toBeGreaterThan(3);
  });
});

describe.each(LOWERINGS)('tiny-rn, %s', (_, lowering) => {
  let model: ReadModel;
  let expected: Tensors;
  beforeAll(async () => {
    model = await readModel(fixture('tiny-rn'));
    expected = await readTensors('tiny-rn/expected.safetensors');
  });

  test('image features and the maps after every stage', async () => {
    const { features, hidden } = await run(model, lowering, expected('pixel_values'));
    const stages = ['stem', 'layer1', 'layer2', 'layer3', 'layer4'];
    expect(hidden.length).toBe(stages.length);
    stages.forEach((stage, i) => {
      const difference = relativeDifference(hidden[i]!, floats(expected(`fp32.stage.${stage}`)));
      expect(difference, stage).toBeLessThan(TOLERANCE);
    });
    expect(relativeDifference(features, floats(expected('fp32.image.features')))).toBeLessThan(TOLERANCE);
    const normal = floats(expected('fp32.image.features_norm'));
    expect(largestDifference(unit(features, 24), normal)).toBeLessThan(UNIT_TOLERANCE);
  });

  test('text features', async () => {
    const { features } = await run(model, lowering, expected('input_ids'));
    expect(relativeDifference(features, floats(expected('fp32.text.features')))).toBeLessThan(TOLERANCE);
    const normal = floats(expected('fp32.text.features_norm'));
    expect(largestDifference(unit(features, 24), normal)).toBeLessThan(UNIT_TOLERANCE);
  });
});

const CONFIGS = [...PUBLISHED_NAMES.map(publishedConfig), ...OPENAI_NAMES.map(openaiConfig)];

describe.each(CONFIGS.map((config) => [config.name!, config] as const))('%s', (_name, config) => {
  test.each([...LOWERINGS, ['training on batch statistics', training()] as const])(
    'asks for the tensors its configuration names, %s',
    (_, lowering) => {
      const graph = new Graph();
      const outputs = [addTower(graph, lowering, config, true), addTower(graph, lowering, config, false)];
      const asked = [...graph.parameters].map(([parameter, { shape }]) => [parameter, shape] as const);
      const stated = stateEntries(config)
        .filter(({ name: entry, role }) => role !== 'counter' && entry !== 'logit_scale')
        .map(({ name: entry, shape }) => [entry, shape] as const);
      const sorted = (list: typeof asked) => list.toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(asked)).toEqual(sorted(stated));
      for (const { features } of outputs) expect(features.shape).toEqual([symbol('batch'), config.embedDim]);
    },
  );
});
