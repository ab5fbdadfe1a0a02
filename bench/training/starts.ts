/** Models that the runs of `docs/training.md` begin with, in `build/training/starts`, made of the shipped one and chance. */
import { join } from 'node:path';
import { MINI, readVocabulary, SEED } from '../../models/mini/model.ts';
import { type ChineseClipConfig, readModel, stateEntries, writeTuwen } from '../../src/clip/index.ts';
import { createRandom, initialWeights } from '../../src/train/index.ts';
import { fromFloat32, toFloat32 } from '../../src/weights/index.ts';
import { ROOT } from '../paths.ts';

/** An image tower with a third of the shipped one's parameters. */
const STUDENT: ChineseClipConfig = {
  ...MINI,
  name: 'student',
  image: { kind: 'resnet', resolution: 64, width: 16, layers: [1, 1, 1, 1], heads: 8 },
};

const { weights: shipped } = await readModel(join(ROOT, 'models/mini/model'));

/** Writes a model whose tensors are the shipped ones where `takes` says so, and random elsewhere. */
async function write(
  name: string,
  config: ChineseClipConfig,
  takes: (tensor: string) => boolean,
): Promise<void> {
  const random = initialWeights(config, createRandom(SEED), takes);
  const weights = new Map(
    stateEntries(config).map((entry) => {
      if (entry.role === 'counter') return [entry.name, shipped.get(entry.name) ?? counter()];
      const values = takes(entry.name) ? toFloat32(shipped.get(entry.name)!) : random.get(entry.name)!;
      return [entry.name, fromFloat32(values, entry.shape)];
    }),
  );
  const folder = join(ROOT, 'build/training/starts', name);
  await writeTuwen(folder, { config, weights, vocabulary: await readVocabulary() }, { dtype: 'F32' });
}

function counter() {
  return { dtype: 'I64', shape: [], bytes: new Uint8Array(8) } as const;
}

const isImage = (tensor: string) => tensor.startsWith('visual.');
await write('image-tower', MINI, isImage);
await write('scratch', MINI, () => false);
await write('student', STUDENT, (tensor) => !isImage(tensor) && tensor !== 'logit_scale');
