/**
 * `npx tsx bench/fidelity-sizes.ts [name …]`: every published size at full size with random weights, in every layout its
 * authors publish and every precision of ours, beside what cn_clip and transformers compute. Writes
 * `build/bench/fidelity-sizes.md` after each size. ViT-H/14 needs 16 GB of disk and 10 GB of memory.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOADABLE_NAMES } from '../src/clip/index.ts';
import { readSafetensors, type StateDict, toFloat32 } from '../src/weights/index.ts';
import { compiledWorkers, python } from './environment.ts';
import { writeFidelityInputs } from './fidelity-inputs.ts';
import { buildPath, pythonPath, ROOT } from './paths.ts';
import { run } from './process.ts';
import { type Distance, distance, type VectorList } from './vectors.ts';

const THREADS = '2';
const VOCABULARY = join(ROOT, 'models/mini/model/vocab.txt');

interface Variant {
  /** The folder of the layout. */
  readonly layout: string;
  readonly options: Readonly<Record<string, string>>;
  /** Whose vectors it is held against. */
  readonly reference: string;
  readonly what: string;
}

const VARIANTS: readonly Variant[] = [
  { layout: 'cn_clip-fp32', options: {}, reference: 'fp32', what: 'cn_clip `.pt` | fp32 | cn_clip' },
  {
    layout: 'cn_clip-fp32',
    options: { rounding: 'fp16' },
    reference: 'rounded',
    what: "cn_clip `.pt` | `rounding: 'fp16'` | cn_clip, `load_from_name`",
  },
  {
    layout: 'cn_clip-fp16',
    options: {},
    reference: 'halves',
    what: 'cn_clip `.pt` in fp16 | fp32 | cn_clip on the same',
  },
  { layout: 'modelscope', options: {}, reference: 'fp32', what: 'ModelScope | fp32 | cn_clip' },
  { layout: 'hf', options: {}, reference: 'transformers', what: 'Hugging Face | fp32 | transformers' },
  {
    layout: 'cn_clip-fp32',
    options: { precision: 'int8' },
    reference: 'fp32',
    what: 'cn_clip `.pt` | int8 | cn_clip',
  },
];

const names = process.argv.length > 2 ? process.argv.slice(2) : DOWNLOADABLE_NAMES;
const interpreter = await python();
const worker = await compiledWorkers();
const inputs = await writeFidelityInputs();
const head = [
  '| size | layout | computed in | beside | images: largest difference | cosine | texts: largest difference | cosine |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];
const lines: string[] = [];
for (const name of names) {
  const folder = buildPath('sizes', name);
  await run(interpreter, [pythonPath('random_model.py'), name, folder, VOCABULARY, inputs, THREADS]);
  const expected = await readSafetensors(join(folder, 'expected.safetensors'));
  for (const variant of VARIANTS) {
    if (!existsSync(join(folder, variant.layout))) continue;
    const output = buildPath('sizes', 'ours.safetensors');
    const options = JSON.stringify(variant.options);
    await run(process.execPath, [
      worker('embed'),
      join(folder, variant.layout),
      inputs,
      output,
      THREADS,
      options,
    ]);
    const ours = await readSafetensors(output);
    const [image, text] = (['image', 'text'] as const).map((tower) =>
      distance(vectors(ours, tower), vectors(expected, `${variant.reference}.${tower}`)),
    ) as [Distance, Distance];
    lines.push(`| ${[name, variant.what, ...cells(image), ...cells(text)].join(' | ')} |`);
    console.log(lines.at(-1));
  }
  await rm(folder, { recursive: true });
  await writeFile(buildPath('fidelity-sizes.md'), `${[...head, ...lines].join('\n')}\n`);
}

function vectors(tensors: StateDict, name: string): VectorList {
  const tensor = tensors.get(name)!;
  return { data: toFloat32(tensor), dim: tensor.shape[1]! };
}

/** The largest difference, and the least cosine, which follows from the largest angle. */
function cells({ largest, angle }: Distance): string[] {
  return [largest.toExponential(1), Math.cos(angle).toFixed(8)];
}
