/** tuwen model inspect and convert, from arguments to what is printed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { fixture } from '../../../../test/support/fixtures.ts';
import { type Language, setLanguage } from '../../../base/index.ts';
import { explain } from '../../failure.ts';
import { createProgram } from '../../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuwen-model-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  setLanguage(undefined);
  vi.restoreAllMocks();
});

async function run(language: Language, ...args: string[]) {
  setLanguage(language);
  const output = { out: '', err: '', code: 0 };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output.err += text;
    return true;
  });
  await createProgram(new AbortController().signal)
    .parseAsync(['model', ...args], { from: 'user' })
    .catch((error: unknown) => {
      output.code = explain(error, 'tuwen model');
    });
  vi.restoreAllMocks();
  return output;
}

describe('inspect', () => {
  test('--json prints what interface.md promises', async () => {
    const { out, err, code } = await run('en', 'inspect', fixture('tiny-hf'), '--json');
    expect({ err, code }).toEqual({ err: '', code: 0 });
    const description = JSON.parse(out);
    expect(description).toMatchObject({ layout: 'hf', architecture: null, tensors: 111, optimizer: false });
    for (const key of ['image', 'text', 'parameters', 'dtypes', 'step', 'missing', 'unexpected'])
      expect(description).toHaveProperty(key);
  });

  test('prints lines in either language', async () => {
    const english = (await run('en', 'inspect', fixture('tiny-rn'))).out;
    expect(english).toMatch(/image tower +ResNet, pictures 64 × 64, width 4, blocks 1, 2, 1, 1, heads 4/);
    expect(english).toMatch(/missing +nothing/);
    expect((await run('zh', 'inspect', fixture('tiny-rn'))).out).toMatch(/优化器状态 +无/);
  });

  test('a file that is no checkpoint fails', async () => {
    const { out, err, code } = await run('en', 'inspect', fixture('tiny-hf/config.json'));
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toContain('TUWEN_WEIGHTS_UNKNOWN');
  });
});

describe('convert', () => {
  test('writes, says what, and refuses to write over it', async () => {
    const to = join(folder, 'a.pt');
    const args = ['convert', fixture('tiny-hf'), to, '--layout', 'cn_clip', '--json'];
    const { out, code } = await run('en', ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ output: to, from: 'hf', layout: 'cn_clip', dtypes: { F32: 99 } });
    const again = await run('en', ...args);
    expect(again).toMatchObject({ out: '', code: 1 });
    expect(again.err).toContain('--force');
    const halves = await run('en', ...args, '--force', '--dtype', 'fp16');
    expect(JSON.parse(halves.out).dtypes.F16).toBeGreaterThan(50);
  });

  test('a layout that has no such model is refused with a code', async () => {
    const to = join(folder, 'rn');
    const { err, code } = await run('zh', 'convert', fixture('tiny-rn'), to, '--layout', 'hf');
    expect(code).toBe(1);
    expect(err).toContain('TUWEN_LAYOUT_UNFIT');
    expect(existsSync(to)).toBe(false);
  });

  test('wrong usage', async () => {
    writeFileSync(join(folder, 'x'), '');
    expect(await run('en', 'convert', 'a', 'b')).toMatchObject({ code: 2 });
    expect(await run('en', 'convert', 'a', 'b', '--layout', 'onnx')).toMatchObject({ code: 2 });
  });
});
