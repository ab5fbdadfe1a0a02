/**
 * `npm run verify:python`: writes every layout of the small models of the tests and of a full-size one with random
 * weights, and lets the reference implementations load them: torch and cn_clip, transformers, and ModelScope's
 * loading rule as it is written down. Tensors must be the same bit for bit, vectors within 1e-5. Training goes on from our
 * checkpoint in torch, and from torch's here: losses within 1e-4; PEFT loads an adapter. Ends with 1 where not.
 * `--python PATH` uses an interpreter that has the packages already.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClipConfig, isChinese } from '../src/clip/config.ts';
import { startEncoder } from '../src/clip/encoder.ts';
import {
  convertModel,
  readModel,
  toCnClipConfig,
  WRITTEN_LAYOUTS,
  type WrittenLayout,
} from '../src/clip/layouts/index.ts';
import { rounded } from '../src/clip/rounding.ts';
import { createRandom } from '../src/train/index.ts';
import { fromFloat32, type StateDict, type Tensor, writeSafetensors } from '../src/weights/index.ts';
import { unpackCheckpoints } from '../test/support/checkpoints.ts';
import { python } from './environment.ts';
import { randomModel } from './model.ts';
import { pythonPath, ROOT } from './paths.ts';
import { run } from './process.ts';
import { writeTrainedAdapter } from './verify-adapter.ts';
import { verifyTraining, writeTraining } from './verify-training.ts';

const SEED = 20_240_706;
const COUNT = 3;
const CONTEXT = 52;
const OUTPUT = join(ROOT, 'build', 'verify-python');

/** Random pictures as the tower takes them, and texts as ids: [CLS], some words, [SEP], zeros. */
function inputsFor({ pixels: { size }, text: { vocabSize } }: ClipConfig) {
  const random = createRandom(SEED);
  const pixels = Float32Array.from({ length: COUNT * 3 * size * size }, () => random.normal());
  const ids = new BigInt64Array(COUNT * CONTEXT);
  for (let i = 0; i < COUNT; i++) {
    const words = 2 + 11 * i;
    ids[i * CONTEXT] = 101n;
    for (let j = 1; j <= words; j++)
      ids[i * CONTEXT + j] = BigInt(200 + Math.floor(random.uniform() * (vocabSize - 200)));
    ids[i * CONTEXT + words + 1] = 102n;
  }
  return { pixels, ids, size };
}

/** The vectors that we compute, with the weights as stored and as `load_from_name` rounds them. */
async function writeExpected(source: string, path: string): Promise<ClipConfig> {
  const { config, weights } = await readModel(source);
  const { pixels, ids, size } = inputsFor(config);
  const bytes = new Uint8Array(ids.buffer.slice(0));
  const tensors = new Map<string, Tensor>([
    ['pixel_values', fromFloat32(pixels.slice(), [COUNT, 3, size, size])],
    ['input_ids', { dtype: 'I64', shape: [COUNT, CONTEXT], bytes }],
  ]);
  for (const kind of ['stored', 'rounded'] as const) {
    const state: StateDict = kind === 'rounded' ? rounded((await readModel(source)).weights) : weights;
    const encoder = await startEncoder(config, state);
    const images = await encoder.images(pixels.slice(), COUNT);
    const texts = await encoder.texts(ids.slice(), COUNT);
    await encoder.close();
    tensors.set(`${kind}.image`, fromFloat32(images, [COUNT, config.embedDim]));
    tensors.set(`${kind}.text`, fromFloat32(texts, [COUNT, config.embedDim]));
  }
  await writeSafetensors(path, tensors);
  return config;
}

/** Writes every layout that holds a model, and what Python is to find in them. */
async function writeModel(name: string, source: string): Promise<void> {
  const folder = join(OUTPUT, name);
  mkdirSync(folder, { recursive: true });
  const config = await writeExpected(source, join(folder, 'expected.safetensors'));
  if (!isChinese(config)) throw new Error(`${name} is no Chinese-CLIP`);
  writeFileSync(join(folder, 'cn_clip.json'), JSON.stringify(toCnClipConfig(config)));
  const layouts: readonly WrittenLayout[] =
    config.image.kind === 'vit' ? WRITTEN_LAYOUTS : ['cn_clip', 'tuwen'];
  for (const layout of layouts) {
    const to = join(folder, layout === 'cn_clip' ? 'cn_clip.pt' : layout);
    await convertModel(source, to, { layout });
  }
}

const { python: given } = parseArgs({ options: { python: { type: 'string' } } }).values;
rmSync(OUTPUT, { recursive: true, force: true });
const checkpoints = unpackCheckpoints();
try {
  for (const beside of ['tiny-cn', 'tiny-rn'])
    copyFileSync(join(checkpoints, 'modelscope/v1.0.1/vocab.txt'), join(checkpoints, beside, 'vocab.txt'));
  const sources = {
    'tiny-cn': join(checkpoints, 'tiny-cn/clip_cn_tiny.pt'),
    'tiny-cn-fp16': join(checkpoints, 'tiny-cn/clip_cn_tiny.fp16.pt'),
    'tiny-rn': join(checkpoints, 'tiny-rn/clip_cn_tiny_rn.pt'),
    'tiny-hf': join(ROOT, 'test/fixtures/tiny-hf'),
    'vit-b-16': await randomModel(),
  };
  for (const [name, source] of Object.entries(sources)) await writeModel(name, source);
  writeFileSync(join(OUTPUT, 'sources.json'), JSON.stringify(sources));
  await writeTraining(join(OUTPUT, 'training'));
  await writeTrainedAdapter(join(OUTPUT, 'adapter'));
  await run(given ?? (await python()), [pythonPath('verify.py'), OUTPUT]);
  if (!(await verifyTraining(join(OUTPUT, 'training')))) process.exitCode = 1;
} finally {
  rmSync(checkpoints, { recursive: true });
}
