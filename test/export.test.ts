/** Exported ONNX files, run in ONNX Runtime as their users do, beside the reference's vectors. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPORT_PRECISIONS, type ExportedGraph, type ExportReport, exportModel } from '../src/clip/index.ts';
import { type EngineTensor, openSession } from '../src/engine/index.ts';
import { fixture, readTensors } from './support/fixtures.ts';
import { largestDifference } from './support/numbers.ts';
import { type Fields, integersOf, messages, readFields, texts } from './support/protobuf-reader.ts';

const SAMPLES = {
  images: ['jpeg-420.jpg', 'png-rgb8.png'].map((name) => fixture(`pixels/sources/${name}`)),
  texts: ['一只熊猫在吃竹子', '猫', '过年喜庆对联'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(path: string, feeds: Record<string, EngineTensor>) {
  const session = await openSession({ onnx: path }, { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** The inputs of a joint graph; ids as the reference padded them, with the mask that belongs to them. */
function inputs(expected: (name: string) => EngineTensor): Record<string, EngineTensor> {
  const ids = expected('input_ids');
  const mask = (ids.data as BigInt64Array).map((id) => (id === 0n ? 0n : 1n));
  return {
    pixel_values: expected('pixel_values'),
    input_ids: ids,
    attention_mask: { data: mask, dims: ids.dims },
  };
}

const data = ({ data }: EngineTensor) => data as Float32Array;

describe.each([
  ['tiny-hf', ''],
  ['tiny-rn', 'fp32.'],
])('%s', (model, prefix) => {
  let report: ExportReport;
  let expected: (name: string) => EngineTensor;
  const graph = (tower: string, precision = 'fp32'): ExportedGraph =>
    report.graphs.find((each) => each.tower === tower && each.precision === precision)!;
  beforeAll(async () => {
    expected = await readTensors(`${model}/expected.safetensors`);
    report = await exportModel(fixture(model), join(folder, model), {
      format: 'onnx',
      precisions: EXPORT_PRECISIONS,
      samples: SAMPLES,
      threads: 1,
    });
  });

  test("each tower and both together give the reference's vectors", async () => {
    const feeds = inputs(expected);
    const { pixel_values, input_ids, attention_mask } = feeds as Required<typeof feeds>;
    const image = await run(graph('image').path, { pixel_values: pixel_values! });
    const text = await run(graph('text').path, {
      input_ids: input_ids!,
      attention_mask: attention_mask!,
    });
    const joint = await run(graph('joint').path, feeds);
    for (const { image_embeds } of [image, joint]) {
      const reference = data(expected(`${prefix}image.features_norm`));
      expect(largestDifference(data(image_embeds!), reference)).toBeLessThan(1e-5);
    }
    for (const { text_embeds } of [text, joint]) {
      const reference = data(expected(`${prefix}text.features_norm`));
      expect(largestDifference(data(text_embeds!), reference)).toBeLessThan(1e-5);
    }
  });

  test('the mask hides tokens, whatever their ids; widths and batches are free', async () => {
    const ids = { data: BigInt64Array.of(101n, 704n, 744n, 102n), dims: [1, 4] };
    const mask = { data: BigInt64Array.of(1n, 1n, 1n, 1n), dims: [1, 4] };
    const more = { data: BigInt64Array.of(101n, 704n, 744n, 102n, 77n, 88n), dims: [1, 6] };
    const moreMask = { data: BigInt64Array.of(1n, 1n, 1n, 1n, 0n, 0n), dims: [1, 6] };
    const { path } = graph('text');
    const short = await run(path, { input_ids: ids, attention_mask: mask });
    const hidden = await run(path, { input_ids: more, attention_mask: moreMask });
    expect(largestDifference(data(short.text_embeds!), data(hidden.text_embeds!))).toBeLessThan(1e-6);
    const seen = await run(path, {
      input_ids: more,
      attention_mask: { ...moreMask, data: moreMask.data.fill(1n) },
    });
    expect(largestDifference(data(short.text_embeds!), data(seen.text_embeds!))).toBeGreaterThan(1e-3);
  });

  test.each(EXPORT_PRECISIONS)(
    '%s: rankings and distances are reported, and sizes are those on disk',
    async (precision) => {
      // Measured on random weights, which are harder than trained ones: 0.99999, 0.997, 0.90.
      const lowest = { fp32: 1 - 1e-9, fp16: 0.9999, int8: 0.995, int4: 0.85 }[precision];
      for (const tower of ['image', 'text', 'joint']) {
        const { comparison, path, bytes } = graph(tower, precision);
        const { image, text, ranking } = comparison!;
        expect([image !== undefined, text !== undefined]).toEqual([tower !== 'text', tower !== 'image']);
        for (const each of [image, text]) {
          if (!each) continue;
          expect(each.lowestCosine).toBeGreaterThan(lowest);
          expect(each.largestDifference < 1e-5).toBe(precision === 'fp32');
        }
        if (precision === 'fp32') expect(ranking).toEqual({ first: 1, order: 1 });
        expect((await readFile(path)).byteLength).toBe(bytes);
      }
    },
  );

  test('fewer bits make smaller files', () => {
    const sizes = ['fp32', 'fp16', 'int8', 'int4'].map((precision) => graph('joint', precision).bytes);
    expect(sizes[1]! / sizes[0]!).toBeLessThan(0.56);
    expect(sizes[2]).toBeLessThan(sizes[0]!);
    expect(sizes[3]).toBeLessThan(sizes[2]!);
  });

  test.each(EXPORT_PRECISIONS)(
    "%s: ONNX's own operators of version 18; 4 bits need one of ONNX Runtime's",
    async (precision) => {
      for (const tower of ['image', 'text', 'joint']) {
        const model = readFields(await readFile(graph(tower, precision).path));
        const body = messages(model, 7)[0]!;
        const foreign = messages(body, 1).filter((node) => node.has(7));
        const names = new Set(foreign.map((node) => texts(node, 4)[0]));
        const sets = messages(model, 8).map((set) => [texts(set, 1)[0], integersOf(set, 2)[0]]);
        const contrib = precision === 'int4';
        expect([...names]).toEqual(contrib ? ['MatMulNBits'] : []);
        expect(sets).toEqual([['', 18], ...(contrib ? [['com.microsoft', 1]] : [])]);
        expect(dimsOf(body, 11, 'pixel_values')?.[0] ?? 'image_batch_size').toBe('image_batch_size');
        expect(dimsOf(body, 11, 'input_ids') ?? ['text_batch_size', 'sequence_length']).toEqual([
          'text_batch_size',
          'sequence_length',
        ]);
      }
    },
  );

  test('the file says how its inputs are made and its outputs read', async () => {
    const fields = readFields(await readFile(graph('joint').path));
    const metadata = Object.fromEntries(
      messages(fields, 14).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]]),
    );
    const size = expected('pixel_values').dims[2]!;
    expect(metadata).toMatchObject({
      precision: 'fp32',
      tokenizer: 'bert-wordpiece-lowercase',
      image_size: `[${size},${size}]`,
      image_mean: '[0.48145466,0.4578275,0.40821073]',
      image_std: '[0.26862954,0.26130258,0.27577711]',
      image_resample: 'bicubic-antialias',
      image_fit: 'squash',
      embed_dim: '24',
      source: fixture(model),
    });
    expect(metadata.producer).toMatch(/^tuwen \d/);
  });
});

/** The dimensions of an input or output of that name. */
function dimsOf(body: Fields, field: number, name: string): (string | number)[] | undefined {
  const info = messages(body, field).find((each) => texts(each, 1)[0] === name);
  if (!info) return undefined;
  const shape = messages(messages(messages(info, 2)[0]!, 1)[0]!, 2)[0]!;
  return messages(shape, 1).map((dim) => texts(dim, 2)[0] ?? integersOf(dim, 1)[0]!);
}

describe('scores', () => {
  test("are transformers' logits", async () => {
    const expected = await readTensors('tiny-hf/expected.safetensors');
    const out = join(folder, 'scores');
    const { graphs } = await exportModel(fixture('tiny-hf'), out, { format: 'onnx', towers: ['joint'] });
    const results = await run(graphs[0]!.path, inputs(expected));
    // exp(3) times cosines that agree within 1e-5.
    for (const name of ['logits_per_image', 'logits_per_text']) {
      expect(results[name]!.dims).toEqual(expected(name).dims);
      expect(largestDifference(data(results[name]!), data(expected(name)))).toBeLessThan(1e-4);
    }
    expect((await readdir(out)).sort()).toEqual(['joint.onnx', 'tokenizer.json', 'vocab.txt']);
  });
});

describe("English CLIP's graphs", () => {
  test.each(['vit.jit.pt', 'rn.pt', 'hf'])('%s: both towers give the vectors of the model', async (model) => {
    const out = join(folder, 'english', model);
    const { graphs, files } = await exportModel(fixture(`english/${model}`), out, {
      format: 'onnx',
      samples: { images: SAMPLES.images, texts: ['a photo of a cat', 'two dogs', ''] },
      threads: 1,
    });
    for (const { comparison } of graphs) {
      const { image, text, ranking } = comparison!;
      for (const each of [image, text]) expect(each?.largestDifference ?? 0).toBeLessThan(1e-5);
      expect(ranking).toEqual({ first: 1, order: 1 });
    }
    expect(files).toContain(join(out, 'merges.txt'));
    const body = messages(readFields(await readFile(join(out, 'text.onnx'))), 7)[0]!;
    expect(messages(body, 11).map((input) => texts(input, 1)[0])).toEqual(['input_ids']);
  });

  test('are not what transformers.js loads as chinese_clip', async () => {
    const exporting = exportModel(fixture('english/rn.pt'), folder, { format: 'transformers.js' });
    await expect(exporting).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT', value: { name: 'format' } });
  });
});

describe('weights beside the graph', () => {
  test('give the same numbers as weights within', async () => {
    const expected = await readTensors('tiny-hf/expected.safetensors');
    const towers = ['joint'] as const;
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const whole = await exportModel(fixture('tiny-hf'), one, { format: 'onnx', towers });
    const apart = await exportModel(fixture('tiny-hf'), two, { format: 'onnx', towers, externalData: true });
    expect((await readdir(two)).sort()).toEqual([
      'joint.onnx',
      'joint.onnx_data',
      'tokenizer.json',
      'vocab.txt',
    ]);
    expect((await readFile(join(two, 'joint.onnx'))).byteLength).toBeLessThan(150_000);
    const [a, b] = [
      await run(whole.graphs[0]!.path, inputs(expected)),
      await run(apart.graphs[0]!.path, inputs(expected)),
    ];
    expect(data(a.image_embeds!)).toEqual(data(b.image_embeds!));
    expect(data(a.text_embeds!)).toEqual(data(b.text_embeds!));
  });
});

describe('an export that cannot be', () => {
  test('leaves no half of a file when it is called off', async () => {
    const out = join(folder, 'cancelled');
    const controller = new AbortController();
    const exporting = exportModel(fixture('tiny-hf'), out, {
      format: 'onnx',
      precisions: EXPORT_PRECISIONS,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(exporting).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', value: { job: 'exporting' } });
    const names = await readdir(out);
    expect(names.filter((name) => !name.endsWith('.onnx'))).toEqual([]);
    for (const name of names) expect(readFields(await readFile(join(out, name))).has(7)).toBe(true);
  });

  test('says where it could not write', async () => {
    const blocked = join(fixture('tiny-hf'), 'vocab.txt', 'out');
    await expect(exportModel(fixture('tiny-hf'), blocked, { format: 'onnx' })).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNWRITABLE',
      value: { path: blocked, reason: 'ENOTDIR' },
    });
  });
});
