/**
 * Our unit vectors, as a file: `embed.js <model> <inputs> <output.safetensors> <threads> [options]`. Inputs are a folder
 * of pictures and texts, which go through the public face, or a file of prepared `pixel_values` and `input_ids`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEncoder } from '../../src/clip/encoder.ts';
import { type Embeddings, embeddings, type LoadOptions, loadClip, readModel } from '../../src/clip/index.ts';
import {
  elements,
  fromFloat32,
  readSafetensors,
  toFloat32,
  writeSafetensors,
} from '../../src/weights/index.ts';
import { unitRows } from '../vectors.ts';

interface Both {
  readonly image: Embeddings;
  readonly text: Embeddings;
}

const [model, inputs, output, threadCount, options = '{}'] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
];
const threads = Number(threadCount);
const { image, text } = await (inputs.endsWith('.safetensors') ? ofPrepared() : ofFiles());
const tensor = ({ data, count, dim }: Embeddings) => fromFloat32(data, [count, dim]);
await writeSafetensors(
  output,
  new Map([
    ['image', tensor(image)],
    ['text', tensor(text)],
  ]),
);

async function ofFiles(): Promise<Both> {
  const list = async (name: string): Promise<string[]> =>
    JSON.parse(await readFile(join(inputs, name), 'utf8'));
  const clip = await loadClip(model, { ...(JSON.parse(options) as LoadOptions), threads });
  const pictures = (await list('pictures.json')).map((name) => join(inputs, name));
  const result = {
    image: await clip.embedImages(pictures),
    text: await clip.embedTexts(await list('texts.json')),
  };
  await clip.close();
  return result;
}

async function ofPrepared(): Promise<Both> {
  const tensors = await readSafetensors(inputs);
  const [pixels, ids] = [tensors.get('pixel_values')!, tensors.get('input_ids')!];
  const { config, weights } = await readModel(model);
  const encoder = await startEncoder(config, weights, { threads });
  const unit = (features: Float32Array) => embeddings(unitRows(features, config.embedDim), config.embedDim);
  const result = {
    image: unit(await encoder.images(toFloat32(pixels).slice(), pixels.shape[0]!)),
    text: unit(await encoder.texts((elements(ids) as BigInt64Array).slice(), ids.shape[0]!)),
  };
  await encoder.close();
  return result;
}
