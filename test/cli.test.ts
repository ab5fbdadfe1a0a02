/** The command line: the real program, as a process of its own. */
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import {
  fromFloat32,
  readSafetensors,
  readSafetensorsHeader,
  toFloat32,
  writeSafetensors,
} from '../src/weights/index.ts';
import { type Ended, ended, start, tuwen } from './support/command-line.ts';
import { fixture, readJsonFixture } from './support/fixtures.ts';

const MODEL = ['--model', fixture('tiny-hf'), '--threads', '1'];
const SOURCES = fixture('pixels/sources');
const source = (name: string) => join(SOURCES, name);
const VECTORS = readJsonFixture<Record<string, number[]>>('tiny-hf/pictures.json');
const TEXTS = readJsonFixture<{ full: string[] }>('tiny-hf/texts.json').full.filter((text) => text !== '');
const DAMAGED = source('jpeg-truncated.jpg');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const jsonLines = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

async function expectedTexts(): Promise<Float32Array[]> {
  const tensor = (await readSafetensors(fixture('tiny-hf/expected.safetensors'))).get('text.features_norm')!;
  const [data, dim] = [toFloat32(tensor), tensor.shape[1]!];
  return TEXTS.map((_, i) => data.subarray(i * dim, (i + 1) * dim));
}

function clean({ code, err }: Ended): void {
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

describe.concurrent('match', () => {
  test('prints one JSON value, in the order given', async () => {
    const picture = source('jpeg-420.jpg');
    const result = await tuwen(['match', picture, '猫', 'zebra', '一条狗', '--json', ...MODEL]);
    clean(result);
    const { model, image, matches } = JSON.parse(result.out);
    expect({ model, image }).toEqual({ model: fixture('tiny-hf'), image: picture });
    expect(matches.map(({ text }: { text: string }) => text)).toEqual(['猫', 'zebra', '一条狗']);
    for (const match of matches) expect(Object.keys(match)).toEqual(['text', 'probability', 'cosine']);
    const sum = matches.reduce(
      (total: number, match: { probability: number }) => total + match.probability,
      0,
    );
    expect(sum).toBeCloseTo(1, 6);
  });

  test('prints a table without colours where there is no terminal, in the language of the locale', async () => {
    const args = ['match', source('png-rgba8.png'), '猫', 'zebra', '一条狗'];
    const result = await tuwen(args, { env: { LC_ALL: 'zh_CN.UTF-8', TUWEN_MODEL: fixture('tiny-hf') } });
    clean(result);
    const [head, ...rows] = result.out.trimEnd().split('\n');
    expect(head).toMatch(/文字 +概率 +余弦/);
    expect(rows.map((row) => row.slice(2).split(' ')[0])).toEqual(['猫', 'zebra', '一条狗']);
    expect(rows.filter((row) => row.startsWith('▸'))).toHaveLength(1);
    expect(result.out).not.toContain('\x1b');
  });

  test('says in either language what is wrong, and prints nothing else', async () => {
    for (const [lang, sentence] of [
      ['en', 'error: no-such.jpg: no such file [TUWEN_IMAGE_MISSING]\n  Check the path.\n'],
      ['zh', '错误：no-such.jpg：文件不存在［TUWEN_IMAGE_MISSING］\n  请检查路径。\n'],
    ] as const) {
      const result = await tuwen(['match', 'no-such.jpg', '猫', '--json', '--lang', lang, ...MODEL]);
      expect(result).toEqual({ code: 1, out: '', err: sentence });
    }
  });

  test('asks for a model in a terminal only; elsewhere that is wrong usage', async () => {
    for (const input of [undefined, '1\n']) {
      const result = await tuwen(['match', DAMAGED, '猫'], input === undefined ? {} : { input });
      expect(result).toMatchObject({ code: 2, out: '' });
      expect(result.err).toContain('TUWEN_MODEL_NOT_CHOSEN');
    }
    const unknown = await tuwen(['match', DAMAGED, '猫', '--model', 'no-such-model']);
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err).toContain('TUWEN_MODEL_UNKNOWN');
  });
});

describe.concurrent('help and usage', () => {
  test('--version, --help before and after a command', async () => {
    expect(await tuwen(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    const help = await tuwen(['match', '--help', '--lang', 'zh']);
    clean(help);
    expect(help.out).toMatch(/用法：.*match/);
    const wrong = await tuwen(['--lang', 'zh', 'embed', '--txts']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toBe('错误：没有选项 --txts。是否想用 --texts？\n  用法见 tuwen embed --help。\n');
  });
});

describe.concurrent('classify', () => {
  test('goes on after pictures that cannot be read, and ends with 1', async () => {
    const pictures = [source('jpeg-420.jpg'), DAMAGED, 'no-such.png', source('png-rgba8.png')];
    const result = await tuwen([
      'classify',
      ...pictures,
      '--labels',
      '猫,狗，鱼',
      '--json',
      '--top',
      '2',
      ...MODEL,
    ]);
    expect(result.code).toBe(1);
    const lines = jsonLines<{ image: string; labels: { label: string; probability: number }[] }>(result.out);
    expect(lines.map(({ image }) => image)).toEqual([pictures[0], pictures[3]]);
    for (const { labels } of lines) {
      expect(labels).toHaveLength(2);
      expect(labels[0]!.probability).toBeGreaterThan(labels[1]!.probability);
      expect(Object.keys(labels[0]!)).toEqual(['label', 'probability']);
    }
    expect(result.err).toContain(`${DAMAGED}: cannot read this picture`);
    expect(result.err).toContain('no-such.png: no such file [TUWEN_IMAGE_MISSING]');
  });

  test('takes labels and templates from files', async () => {
    await writeFile(at('labels.txt'), '猫\n狗\n鱼\n');
    await writeFile(at('templates.txt'), '一张{}的照片\n{}\n');
    const files = ['--labels-file', at('labels.txt'), '--templates', at('templates.txt')];
    const result = await tuwen(['classify', source('jpeg-420.jpg'), ...files, ...MODEL]);
    clean(result);
    expect(result.out).toMatch(
      /^\S+jpeg-420\.jpg {2}\p{Script=Han} [\d.]+%( {2}\p{Script=Han} [\d.]+%){2}\n$/u,
    );
    await writeFile(at('bad.txt'), '一张照片\n');
    const bad = await tuwen(['classify', DAMAGED, '--labels', 'a', '--templates', at('bad.txt'), ...MODEL]);
    expect(bad).toMatchObject({ code: 2, out: '' });
  });
});

describe.concurrent('embed', () => {
  test('prints the vectors that transformers computes', async () => {
    await writeFile(at('texts.txt'), TEXTS.join('\r\n'));
    const names = Object.keys(VECTORS);
    const images = ['--images', ...names.map(source)];
    const result = await tuwen(['embed', ...images, '--texts', at('texts.txt'), ...MODEL]);
    clean(result);
    const rows = jsonLines<{ image?: string; text?: string; feature: number[] }>(result.out);
    expect(rows.map(({ image, text }) => image ?? text)).toEqual([...names.map(source), ...TEXTS]);
    const expected = [...names.map((name) => VECTORS[name]!), ...(await expectedTexts())];
    rows.forEach(({ feature }, i) => {
      expect(largestDifference(feature, expected[i]!)).toBeLessThan(1e-5);
    });
  });

  test('writes .npy and names; what cannot be read is left out', async () => {
    const names = Object.keys(VECTORS);
    const images = ['--images', source(names[0]!), DAMAGED, ...names.slice(1).map(source)];
    const result = await tuwen(['embed', ...images, '--raw', '-o', at('raw.npy'), '--json', ...MODEL]);
    expect(result.code).toBe(1);
    expect(result.err).toContain('[TUWEN_IMAGE_UNREADABLE]');
    expect(JSON.parse(result.out)).toEqual({
      output: at('raw.npy'),
      images: names.length,
      texts: 0,
      dim: 24,
      failed: [{ path: DAMAGED, code: 'TUWEN_IMAGE_UNREADABLE' }],
    });
    const bytes = await readFile(at('raw.npy'));
    expect(bytes.toString('latin1', 10, 128)).toContain(`'shape': (${names.length}, 24)`);
    const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 128));
    names.forEach((name, i) => {
      const vector = numbers.subarray(i * 24, (i + 1) * 24);
      const length = Math.hypot(...vector);
      expect(Math.abs(length - 1)).toBeGreaterThan(1e-3);
      expect(
        largestDifference(
          vector.map((value) => value / length),
          VECTORS[name]!,
        ),
      ).toBeLessThan(1e-5);
    });
    expect(JSON.parse(await readFile(at('raw.names.json'), 'utf8'))).toEqual(names.map(source));
  });

  test('writes .safetensors with both kinds', async () => {
    const [name] = Object.keys(VECTORS);
    await writeFile(at('one.txt'), `${TEXTS[0]}\n`);
    const args = ['--images', source(name!), '--texts', at('one.txt'), '-o', at('both.safetensors')];
    const result = await tuwen(['embed', ...args, '--lang', 'zh', ...MODEL]);
    expect(result).toEqual({
      code: 0,
      out: '',
      err: `${at('both.safetensors')}：图片 1 张，文字 1 段，24 维\n`,
    });
    const tensors = await readSafetensors(at('both.safetensors'));
    expect(largestDifference(toFloat32(tensors.get('image_features')!), VECTORS[name!]!)).toBeLessThan(1e-5);
    const [text] = await expectedTexts();
    expect(largestDifference(toFloat32(tensors.get('text_features')!), text!)).toBeLessThan(1e-5);
    const { metadata } = await readSafetensorsHeader(at('both.safetensors'));
    expect(metadata.get('image_names')).toBe(JSON.stringify([source(name!)]));
  });

  test('writes official files from official ones: ids, pictures as stored', async () => {
    const picture = (name: string) => readFile(source(name), 'base64');
    const [upright, turned] = await Promise.all([picture('jpeg-exif-1.jpg'), picture('jpeg-exif-6.jpg')]);
    await writeFile(at('test_imgs.tsv'), `1076345\t${upright}\n517602\t${turned}\n`);
    const text = { text_id: 8428, text: '“Cat”', image_ids: [1076345] };
    await writeFile(at('test_texts.jsonl'), `${JSON.stringify(text)}\n`);
    await writeFile(at('plain.txt'), '"cat"\n');
    const files = [
      '--images',
      at('test_imgs.tsv'),
      source('jpeg-exif-6.jpg'),
      '--texts',
      at('test_texts.jsonl'),
    ];
    const [official, plain] = await Promise.all([
      tuwen(['embed', ...files, ...MODEL]),
      tuwen(['embed', '--texts', at('plain.txt'), ...MODEL]),
    ]);
    clean(official);
    const rows = jsonLines<{ image_id?: number; text_id?: number; image?: string; feature: number[] }>(
      official.out,
    );
    expect(rows.map(({ feature: _, ...rest }) => rest)).toEqual([
      { image_id: 1076345 },
      { image_id: 517602 },
      { image: source('jpeg-exif-6.jpg') },
      { text_id: 8428 },
    ]);
    expect(official.out).toMatch(/^\{"image_id": 1076345, "feature": \[-?\d\.\d+(e-\d\d)?, /);
    expect(largestDifference(rows[1]!.feature, rows[2]!.feature)).toBeGreaterThan(1e-2);
    const [cat] = jsonLines<{ feature: number[] }>(plain.out);
    expect(largestDifference(rows[3]!.feature, cat!.feature)).toBeLessThan(1e-6);
  });

  test('says where it cannot write, before it loads a model', async () => {
    const output = at('no/such/folder.jsonl');
    const result = await tuwen(['embed', '--images', SOURCES, '-o', output, '--model', 'no-such-model']);
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.err).toContain('TUWEN_FILE_UNWRITABLE');
  });
});

describe('being stopped', () => {
  const many = Array.from({ length: 60 }, () => SOURCES);

  test.each(['SIGINT', 'SIGKILL'] as const)(
    '%s ends a run without a file, and the next run goes on',
    async (killer) => {
      const target = await mkdtemp(at('stopped-'));
      const output = join(target, 'a.jsonl');
      const names = join(`${output}.partial`, 'names.txt');
      const args = ['embed', '--images', ...many.slice(0, 12), '-o', output, ...MODEL];
      const child = start(args);
      const result = ended(child);
      while ((await readFile(names, 'utf8').catch(() => '')) === '') await sleep(20);
      child.kill(killer);
      const { code, out, err } = await result;
      expect(out).toBe('');
      expect(await readdir(target)).toEqual(['a.jsonl.partial']);
      if (killer === 'SIGINT') {
        expect(code).toBe(130);
        expect(err).toContain('Stopping. Press Ctrl-C again to end at once.');
      }
      const count = (await readFile(names, 'utf8')).trimEnd().split('\n').length;
      const second = await tuwen(args);
      expect(second.err).toContain(`Going on with ${count} vectors of an earlier run`);
      expect(await readdir(target)).toEqual(['a.jsonl']);
      const rows = jsonLines<{ image: string }>(await readFile(output, 'utf8'));
      const whole = jsonLines<{ image: string }>((await tuwen(['embed', '--images', SOURCES, ...MODEL])).out);
      const expected = whole.flatMap(({ image }) => Array.from({ length: 12 }, () => image));
      expect(rows.map(({ image }) => image).sort()).toEqual(expected.sort());
    },
  );

  test('vectors of other weights at the same place are not gone on with', async () => {
    const target = await mkdtemp(at('retrained-'));
    const [output, model] = [join(target, 'a.jsonl'), join(target, 'model')];
    await cp(fixture('tiny-hf'), model, { recursive: true });
    const args = ['embed', '--images', ...many.slice(0, 12), '-o', output, '--model', model];
    const child = start(args);
    const result = ended(child);
    const names = join(`${output}.partial`, 'names.txt');
    while ((await readFile(names, 'utf8').catch(() => '')) === '') await sleep(20);
    child.kill('SIGKILL');
    await result;
    const file = join(model, 'model.safetensors');
    const tensors = await readSafetensors(file);
    const projection = tensors.get('visual_projection.weight')!;
    const halved = toFloat32(projection).map((value) => value / 2);
    await writeSafetensors(
      file,
      new Map([...tensors, ['visual_projection.weight', fromFloat32(halved, projection.shape)]]),
    );
    const second = await tuwen(args);
    expect(second.err).not.toContain('Going on');
    expect(await readdir(target)).toEqual(['a.jsonl', 'model']);
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const child = start(['embed', '--images', source('jpeg-420.jpg'), ...many, ...MODEL]);
    let err = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(err).not.toMatch(/EPIPE|fault/);
  });
});

test('demo shows probabilities and a search with whatever model is called mini', async () => {
  await symlink(fixture('tiny-hf'), at('mini'));
  const [english, chinese] = await Promise.all([
    tuwen(['demo', '--threads', '1'], { cwd: folder }),
    tuwen(['demo', '--threads', '1', '--lang', 'zh'], { cwd: folder }),
  ]);
  clean(english);
  clean(chinese);
  expect(english.out).not.toContain('\x1b');
  for (const { out } of [english, chinese]) {
    const shares = [...out.matchAll(/([\d.]+)%/g)].map(([, share]) => Number(share));
    expect(shares).toHaveLength(5);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 0);
    const cosines = [...out.matchAll(/\.png .* (-?\d\.\d{3})$/gm)].map(([, cosine]) => Number(cosine));
    expect(cosines).toHaveLength(8);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    expect(out).toContain('tuwen match');
  }
  expect(english.out).toContain('watermelon');
  expect(chinese.out).not.toContain('watermelon');
});

test('demo shows the page over its pictures, until it is told to end', async () => {
  const env = { TUWEN_HOME: at('demo-home') };
  const child = start(['demo', '--page', '--port', '0', '--threads', '1'], { env });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const [address] = /http:\S+/.exec(line)!;
  expect(await (await fetch(address)).text()).toContain('Tuwen');
  const body = JSON.stringify({ query: '西瓜', top: 1 });
  const headers = { 'content-type': 'application/json' };
  const found = await fetch(`${address}/v1/search`, { method: 'POST', headers, body });
  expect(await found.json()).toMatchObject({
    total: 8,
    results: [{ path: expect.stringMatching(/西瓜\.png$/) }],
  });
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
