/**
 * Our own layout, the one every command writes: config.json with cn_clip's keys of both towers and `"layout": "tuwen"`,
 * model.safetensors with cn_clip's names, vocab.txt. Of an English CLIP: OpenAI's keys and names, merges.txt.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import {
  fromFloat32,
  readSafetensors,
  type StateDict,
  type Tensor,
  toFloat32,
  writeAtomically,
  writeSafetensors,
} from '../../weights/index.ts';
import { type ClipConfig, isChinese } from '../config.ts';
import { type StateEntry, stateEntries } from '../parameters.ts';
import { checkTensors, expectedOf } from './check-tensors.ts';
import { parseConfig, threeNumbers, threeScales } from './checked.ts';
import { parseCnClipConfig, toCnClipConfig } from './cn-clip-config.ts';
import { fieldOf, type Layout, readVocabulary, type StoredModel } from './layout.ts';
import { mergesBeside } from './merges-beside.ts';
import { hasOpenaiKeys, parseOpenaiConfig, toOpenaiConfig } from './openai-config.ts';

/** Our keys beside cn_clip's. Without `pixels`, pictures are prepared as cn_clip does. */
const OwnKeys = z.object({
  layout: z.literal('tuwen'),
  name: z.string().optional(),
  license: z.string().optional(),
  pixels: z
    .object({
      mean: threeNumbers,
      std: threeScales,
      order: z.enum(['resize-first', 'rgb-first']),
      fit: z.enum(['squash', 'crop']).optional(),
    })
    .optional(),
});

export const tuwen: Layout = {
  name: 'tuwen',
  recognises: ({ config }) => fieldOf(config, 'layout') === 'tuwen',
  async read(folder, options) {
    const file = join(folder.path, 'config.json');
    const { name, license, pixels } = parseConfig(OwnKeys, folder.config, file);
    const parse = hasOpenaiKeys(folder.config) ? parseOpenaiConfig : parseCnClipConfig;
    const parsed = parse(folder.config, file);
    const config: ClipConfig = {
      ...(name === undefined ? {} : { name }),
      ...parsed,
      pixels: { ...parsed.pixels, ...pixels, fit: pixels?.fit ?? parsed.pixels.fit },
    };
    const vocabulary = isChinese(config)
      ? await readVocabulary(join(folder.path, 'vocab.txt'), config, file)
      : await mergesBeside(folder.path, file, config);
    const tensors = await readSafetensors(folder.weights ?? join(folder.path, 'model.safetensors'), options);
    const entries = stateEntries(config);
    checkTensors(folder.path, tensors, expectedOf(entries));
    const weights: StateDict = new Map(entries.map(({ name }) => [name, tensors.get(name)!]));
    return { config, weights, vocabulary, ...(license === undefined ? {} : { license }) };
  },
};

/**
 * Writes a model folder in our layout, making the folder where needed. `F16` rounds the parameters to half precision;
 * `logit_scale` and the batch norms' statistics stay floats, as they do when cn_clip halves a model.
 * Throws TUWEN_CHECKPOINT_MISMATCH where the weights are not the configuration's, TUWEN_FILE_UNWRITABLE.
 */
export async function writeTuwen(
  folder: string,
  { config, weights, vocabulary, license }: StoredModel,
  { precision }: { precision: 'F32' | 'F16' },
): Promise<void> {
  const entries = stateEntries(config);
  checkTensors(folder, weights, expectedOf(entries));
  const stored: StateDict = new Map(
    entries.map((entry) => [entry.name, storedAs(weights.get(entry.name)!, entry, precision)]),
  );
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path: folder, reason: String(cause) }, { cause });
  });
  await writeSafetensors(join(folder, 'model.safetensors'), stored, { format: 'pt' });
  await writeText(join(folder, isChinese(config) ? 'vocab.txt' : 'merges.txt'), vocabulary);
  await writeText(join(folder, 'config.json'), `${JSON.stringify(keysOf(config, license), null, 2)}\n`);
}

function storedAs(tensor: Tensor, { role, shape }: StateEntry, precision: 'F32' | 'F16'): Tensor {
  if (role === 'counter') return tensor;
  const dtype = role === 'parameter' && shape.length > 0 ? precision : 'F32';
  return tensor.dtype === dtype ? tensor : fromFloat32(toFloat32(tensor), tensor.shape, dtype);
}

function keysOf(config: ClipConfig, license: string | undefined): object {
  const { mean, std, order, fit } = config.pixels;
  return {
    layout: 'tuwen',
    name: config.name,
    license,
    ...(isChinese(config) ? toCnClipConfig(config) : toOpenaiConfig(config)),
    pixels: { mean, std, order, fit },
  };
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, [new TextEncoder().encode(text)]);
}
