/** `tuwen model export`, as a process of its own. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportReport } from '../src/clip/index.ts';
import { tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-cli-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

const MODEL = fixture('tiny-hf');
const run = (...args: string[]) => tuwen(['model', 'export', ...args], {});

test('writes what was asked for, and prints a report', async () => {
  const out = join(folder, 'onnx');
  const result = await run(
    MODEL,
    out,
    '--precision',
    'int4,fp32',
    '--tower',
    'joint',
    '--json',
    '--threads',
    '1',
  );
  expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: '' });
  const { format, graphs, files } = JSON.parse(result.out) as ExportReport;
  expect(format).toBe('onnx');
  expect(graphs.map(({ path, precision }) => [path, precision])).toEqual([
    [join(out, 'joint.onnx'), 'fp32'],
    [join(out, 'joint_int4.onnx'), 'int4'],
  ]);
  for (const { path, bytes } of graphs) expect((await stat(path)).size).toBe(bytes);
  expect(graphs[0]!.comparison!.ranking).toEqual({ first: 1, order: 1 });
  expect((await readdir(out)).map((name) => join(out, name)).sort()).toEqual([...files].sort());
});

test('the model may come from --model; a table says how near the files are', async () => {
  const out = join(folder, 'web');
  const result = await run(out, '--model', MODEL, '--format', 'transformers.js', '--threads', '1');
  expect(result.code).toBe(0);
  expect(result.out).toMatch(
    /^file .*\nonnx\/model\.onnx +3\.4 +1\.000000 +1\.000000 .* 100\.0% +100\.0%\n$/,
  );
  expect(await readdir(join(out, 'onnx'))).toEqual(['model.onnx']);
});

test.each([
  [['--precision', 'int2'], 'int2 is not one or several of fp32, fp16, int8, int4'],
  [['--tower', 'vision'], 'vision is not one or several of image, text, joint, all'],
  [['--format', 'transformers.js', '--tower', 'text'], 'transformers.js loads the joint graph only'],
  [['--model', MODEL], 'the model is named twice'],
  [['third'], 'name at most a model and a folder'],
])('%j is wrong usage', async (args, message) => {
  const result = await run(MODEL, join(folder, 'wrong'), ...args);
  expect(result.code).toBe(2);
  expect(result.err).toContain(message);
  expect(result.err).toContain('tuwen model export --help');
});

test('nothing is written where the model is not there', async () => {
  const result = await run(join(folder, 'missing'), join(folder, 'nowhere'));
  expect(result.code).not.toBe(0);
  expect(result.err).toContain('TUWEN_');
  await expect(stat(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
});
