import { expect, test } from 'vitest';
import { largestDifference } from '../../test/support/numbers.ts';
import { createRandom } from '../base/index.ts';
import { add, exp, matmul, mul } from '../graph/index.ts';
import { openContrast } from './contrast.ts';
import { contrastiveLoss, crossEntropy, unitRows } from './losses.ts';
import { openObjective } from './objective.ts';

const [ROWS, TEXTS, DIM] = [4, 9, 6];
/** Which of all texts each row has. */
const OWN = [7, 0, 3, 8];

test('all texts as labels: the loss and the gradients of a classifier over one-hot targets', async () => {
  const random = createRandom(5);
  const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const all = normal(TEXTS * DIM);
  for (let row = 0; row < TEXTS; row++) {
    const vector = all.subarray(row * DIM, (row + 1) * DIM);
    const length = Math.hypot(...vector);
    for (let i = 0; i < DIM; i++) vector[i]! /= length;
  }
  const images = normal(ROWS * DIM);
  const texts = Float32Array.from(OWN.flatMap((place) => [...all.subarray(place * DIM, (place + 1) * DIM)]));
  const logitScale = Float32Array.of(3.5);
  const contrast = openContrast({ dim: DIM, allTexts: true, session: { threads: 1 } });
  const found = await contrast.evaluate({
    images,
    texts,
    rows: ROWS,
    logitScale,
    allTexts: { data: all, dims: [TEXTS, DIM] },
  });

  const right = new Float32Array(ROWS * TEXTS);
  OWN.forEach((place, row) => {
    right[row * TEXTS + place] = 1;
  });
  const pairs = new Float32Array(ROWS * ROWS);
  for (let row = 0; row < ROWS; row++) pairs[row * ROWS + row] = 1;
  const plain = await openObjective({
    weights: new Map([
      ['images', images],
      ['logit_scale', logitScale],
    ]),
    threads: 1,
    build: (graph) => {
      const unit = unitRows(graph.parameter('images', [ROWS, DIM]));
      const scale = graph.parameter('logit_scale', []);
      const { loss } = contrastiveLoss({
        images: unit,
        texts: graph.input('texts', 'float32', [ROWS, DIM]),
        logitScale: scale,
        targets: graph.input('pairs', 'float32', [ROWS, ROWS]),
      });
      const logits = mul(matmul(unit, graph.input('all', 'float32', [TEXTS, DIM]), { b: true }), exp(scale));
      const labels = crossEntropy(logits, graph.input('right', 'float32', [ROWS, TEXTS]));
      return { loss: add(loss, labels), outputs: { labels } };
    },
  });
  const wanted = await plain.evaluate({
    texts: { data: texts, dims: [ROWS, DIM] },
    pairs: { data: pairs, dims: [ROWS, ROWS] },
    all: { data: all, dims: [TEXTS, DIM] },
    right: { data: right, dims: [ROWS, TEXTS] },
  });
  expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-5);
  expect(Math.abs(found.allTexts! - (wanted.outputs.labels!.data[0] as number))).toBeLessThan(1e-5);
  expect(largestDifference(found.imageGradient, plain.gradients.get('images')!)).toBeLessThan(1e-5);
  expect(largestDifference(found.logitScaleGradient, plain.gradients.get('logit_scale')!)).toBeLessThan(1e-4);
  await contrast.close();
  await plain.close();
});
