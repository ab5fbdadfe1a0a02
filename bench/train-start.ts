/** Where a measured training begins: weights, pictures and labels, the same for everybody. */
import { mkdir } from 'node:fs/promises';
import { MINI } from '../models/mini/model.ts';
import { createRandom, initialWeights, weightShapes } from '../src/train/index.ts';
import { fromFloat32, type Tensor, writeSafetensors } from '../src/weights/index.ts';
import { buildPath } from './paths.ts';
import { unitRows } from './vectors.ts';

export const BATCH = 64;
/** As many labels as the recipe trains with. */
const LABELS = 1749;

/** Writes the image tower's weights, `pixels` [64, 3, 64, 64], `labels` (unit vectors) and `right` (label of each). */
export async function writeTrainStart(): Promise<string> {
  const random = createRandom(3);
  const size = MINI.pixels.size;
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const weights = initialWeights(MINI, random);
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(MINI))
    if (name === 'logit_scale' || name.startsWith('visual.'))
      tensors.set(name, fromFloat32(weights.get(name)!, shape));
  tensors.set('pixels', fromFloat32(normals(BATCH * 3 * size * size), [BATCH, 3, size, size]));
  const labels = unitRows(normals(LABELS * MINI.embedDim), MINI.embedDim);
  tensors.set('labels', fromFloat32(labels, [LABELS, MINI.embedDim]));
  const right = Int32Array.from({ length: BATCH }, () => random.below(LABELS));
  tensors.set('right', { dtype: 'I32', shape: [BATCH], bytes: new Uint8Array(right.buffer) });
  await mkdir(buildPath('train'), { recursive: true });
  const file = buildPath('train', 'start.safetensors');
  await writeSafetensors(file, tensors);
  return file;
}
