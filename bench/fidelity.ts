/**
 * `npx tsx bench/fidelity.ts`: the vectors of a full-size model with random weights, ours beside cn_clip's and
 * transformers', then the small models of the tests. Ends with 1 where ours differ by more than 1e-5.
 */
import { join } from 'node:path';
import { readSafetensors, type StateDict, toFloat32 } from '../src/weights/index.ts';
import { peerModels } from './engines.ts';
import { compiledWorkers, python } from './environment.ts';
import { writeFidelityInputs } from './fidelity-inputs.ts';
import { randomModel } from './model.ts';
import { buildPath, pythonPath, ROOT } from './paths.ts';
import { run } from './process.ts';
import { type Distance, distance, spread, type VectorList } from './vectors.ts';

const LIMIT = 1e-5;
const THREADS = '2';

/** The vectors of the same pictures and texts. */
interface Pair {
  readonly image: VectorList;
  readonly text: VectorList;
}

interface Line {
  readonly what: string;
  readonly image: Distance;
  readonly text: Distance;
}

function pair(tensors: StateDict, prefix = '', suffix = ''): Pair {
  const list = (name: string): VectorList => {
    const tensor = tensors.get(prefix + name + suffix)!;
    return { data: toFloat32(tensor), dim: tensor.shape[1]! };
  };
  return { image: list('image'), text: list('text') };
}

function line(what: string, a: Pair, b: Pair): Line {
  return { what, image: distance(a.image, b.image), text: distance(a.text, b.text) };
}

const worker = await compiledWorkers();

/** Our vectors, by a model folder in any layout. */
async function ours(model: string, inputs: string, name: string): Promise<Pair> {
  const output = buildPath('fidelity', `${name}.safetensors`);
  await run(process.execPath, [worker('embed'), model, inputs, output, THREADS]);
  return pair(await readSafetensors(output));
}

async function fullSize(): Promise<{ ours: Line[]; theirs: Line[]; notes: string[] }> {
  const interpreter = await python();
  const model = await randomModel();
  const peers = await peerModels(interpreter, model);
  const inputs = await writeFidelityInputs();
  const output = buildPath('fidelity', 'reference.safetensors');
  await run(interpreter, [pythonPath('fidelity.py'), model, peers, inputs, output, THREADS]);
  const tensors = await readSafetensors(output);
  const cnClip = pair(tensors, 'cn_clip.');
  const transformers = pair(tensors, 'transformers.');
  const double = pair(tensors, 'double.');
  const fromOwn = await ours(model, inputs, 'own');
  const fromHf = await ours(join(peers, 'hf'), inputs, 'hf');
  const range = (list: VectorList) => {
    const { least, most } = spread(list);
    return `${least.toFixed(3)} to ${most.toFixed(3)}`;
  };
  return {
    ours: [
      line('ViT-B/16: ours, read from our layout, and cn_clip', fromOwn, cnClip),
      line("ViT-B/16: ours, read from Hugging Face's layout, and transformers", fromHf, transformers),
      line('ViT-B/16: ours, and transformers in double precision', fromHf, double),
    ],
    theirs: [
      line('ViT-B/16: transformers, and itself in double precision', transformers, double),
      line('ViT-B/16: cn_clip and transformers', cnClip, transformers),
    ],
    notes: [
      `Cosines between different pictures: ${range(cnClip.image)}; between different texts: ${range(cnClip.text)}.`,
    ],
  };
}

/** A model of the tests beside the vectors stored with it. */
async function small(name: string, prefix: string): Promise<Line> {
  const folder = join(ROOT, 'test', 'fixtures', name);
  const expected = join(folder, 'expected.safetensors');
  const stored = pair(await readSafetensors(expected), prefix, '.features_norm');
  return line(`${name}: ours, and the stored vectors`, await ours(folder, expected, name), stored);
}

function markdown(lines: readonly Line[]): string {
  const rows = lines.map(({ what, image, text }) => {
    const cells = [image, text].flatMap(({ largest, angle }) => [
      largest.toExponential(1),
      angle.toExponential(1),
    ]);
    return `| ${[what, ...cells].join(' | ')} |`;
  });
  const head = '| | images: largest difference | angle | texts: largest difference | angle |';
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const full = await fullSize();
const lines = [...full.ours, await small('tiny-hf', ''), await small('tiny-rn', 'fp32.')];
const worst = Math.max(...lines.flatMap(({ image, text }) => [image.largest, text.largest]));
console.log(markdown([...lines, ...full.theirs]));
console.log(
  ['', ...full.notes, `Largest difference of ours: ${worst.toExponential(1)}; allowed: ${LIMIT}.`].join('\n'),
);
if (worst > LIMIT) process.exitCode = 1;
