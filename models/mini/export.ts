/** Writes the trained weights as a model folder in our layout, in half precision: `models/mini/model`. */
import { stateEntries, writeTuwen } from '../../src/clip/index.ts';
import { createRandom, initialWeights, loadCheckpoint, weightShapes } from '../../src/train/index.ts';
import { fromFloat32, type StateDict } from '../../src/weights/index.ts';
import { recipePath } from './data/files.ts';
import { MINI, readVocabulary } from './model.ts';

const weights = initialWeights(MINI, createRandom(0));
const optimizer = { step: 0, first: new Map(), second: new Map() };
await loadCheckpoint(recipePath('build/pictures.safetensors'), {
  weights,
  shapes: weightShapes(MINI),
  optimizer,
});

const tensors: StateDict = new Map();
for (const { name, shape, role } of stateEntries(MINI)) {
  const steps = new BigInt64Array([BigInt(optimizer.step)]);
  if (role === 'counter') tensors.set(name, { dtype: 'I64', shape, bytes: new Uint8Array(steps.buffer) });
  else tensors.set(name, fromFloat32(weights.get(name)!, shape));
}
const vocabulary = await readVocabulary();
const model = { config: MINI, weights: tensors, vocabulary, license: 'Apache-2.0' };
await writeTuwen(recipePath('model'), model, { dtype: 'F16' });
console.log(`wrote models/mini/model after ${optimizer.step} steps`);
