/** An adapter that we trained, for PEFT to load beside transformers' model: vectors must be the same within 1e-5. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startEncoder } from '../src/clip/encoder.ts';
import { readModel } from '../src/clip/index.ts';
import { createRandom, resolveSettings, runTraining } from '../src/train/index.ts';
import { fromFloat32, type Tensor, writeSafetensors } from '../src/weights/index.ts';
import { fixture } from '../test/support/fixtures.ts';

const COUNT = 3;
const LENGTH = 8;

/** Trains adapters of rank 4 for three steps; writes them, and what the adapted model gives for made-up inputs. */
export async function writeTrainedAdapter(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const settings = resolveSettings(
    {
      model: fixture('tiny-hf'),
      'train-data': fixture('lmdb/tsv'),
      'batch-size': 8,
      'max-steps': 3,
      warmup: 1,
      lr: 0.02,
      'lora-rank': 4,
      'lora-alpha': 8,
      logs: folder,
      name: 'run',
    },
    'verify',
  );
  const { folder: run } = await runTraining(settings);
  const { config, weights } = await readModel(join(run, 'checkpoints/adapter'));
  const random = createRandom(11);
  const { size } = config.pixels;
  const pixels = Float32Array.from({ length: COUNT * 3 * size * size }, () => random.normal());
  const ids = BigInt64Array.from({ length: COUNT * LENGTH }, (_, i) => {
    const place = i % LENGTH;
    if (place === 0) return 101n;
    return place === LENGTH - 1 ? 102n : BigInt(200 + random.below(config.text.vocabSize - 200));
  });
  const encoder = await startEncoder(config, weights);
  const image = await encoder.images(pixels.slice(), COUNT);
  const text = await encoder.texts(ids.slice(), COUNT);
  await encoder.close();
  const tensors = new Map<string, Tensor>([
    ['pixel_values', fromFloat32(pixels, [COUNT, 3, size, size])],
    ['input_ids', { dtype: 'I64', shape: [COUNT, LENGTH], bytes: new Uint8Array(ids.buffer) }],
    ['image', fromFloat32(image, [COUNT, config.embedDim])],
    ['text', fromFloat32(text, [COUNT, config.embedDim])],
  ]);
  await writeSafetensors(join(folder, 'expected.safetensors'), tensors);
}
