import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { modelFiles, modelIn } from './model-files.ts';

const SMALL = ['config.json', 'vocab.txt'];
const BESIDE = ['README.md', 'tf_model.h5', 'onnx/model.onnx', 'festival.jpg'];
const shards = (form: string, end: string) => [1, 2].map((n) => `${form}-0000${n}-of-00002.${end}`);

test.each([
  ['model.safetensors', ['pytorch_model.bin', 'clip_cn_x.pt'], ['model.safetensors']],
  ['pytorch_model.bin', ['clip_cn_x.pt'], ['pytorch_model.bin']],
  ['clip_cn_x.pt', ['optimizer.pt'], ['clip_cn_x.pt']],
  [
    'model.safetensors.index.json',
    [...shards('model', 'safetensors'), 'pytorch_model.bin'],
    ['model.safetensors.index.json', ...shards('model', 'safetensors')],
  ],
  [
    'pytorch_model.bin.index.json',
    shards('pytorch_model', 'bin'),
    ['pytorch_model.bin.index.json', ...shards('pytorch_model', 'bin')],
  ],
])('of a repository with %s just that is taken', (weights, others, taken) => {
  expect(modelFiles([...BESIDE, weights, ...others, ...SMALL], 'org/name')).toEqual([...SMALL, ...taken]);
});

test.each([[['a.pt', 'b.pt']], [['model.onnx']], [['folder/model.safetensors']], [[]]])(
  '%j holds no model',
  (names) => {
    expect(() => modelFiles(names, 'org/name')).toThrow(
      expect.objectContaining({ code: 'TUWEN_REPOSITORY_UNSUPPORTED' }),
    );
  },
);

const folder = mkdtempSync(join(tmpdir(), 'tuwen-model-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is whole only with every shard of its index, configuration and vocabulary', async () => {
  const index = 'model.safetensors.index.json';
  const [first, second] = shards('model', 'safetensors') as [string, string];
  writeFileSync(join(folder, index), JSON.stringify({ weight_map: { a: first, b: second } }));
  expect(await modelIn({ folder, names: [...SMALL, index, first, second] })).toBe(folder);
  for (const missing of [...SMALL, second]) {
    const names = [...SMALL, index, first, second].filter((name) => name !== missing);
    expect(await modelIn({ folder, names }), missing).toBe(undefined);
  }
});
