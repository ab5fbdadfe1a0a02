import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../test/support/collect.ts';
import { fixture } from '../../../test/support/fixtures.ts';
import { ROOT } from '../../../test/support/package.ts';
import { createRandom, type Progress, type TuwenError } from '../../base/index.ts';
import { openDataSet, splitsOf } from '../open.ts';
import type { Form } from '../types.ts';
import { convertDataSet } from './convert.ts';

const TSV = fixture('lmdb/tsv');
const FILES = ['train_imgs.tsv', 'train_texts.jsonl', 'valid_imgs.tsv', 'valid_texts.jsonl'];
const FORMS = ['tsv', 'lmdb', 'webdataset', 'parquet', 'folder'] as const satisfies readonly Form[];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-convert-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function expectSame(output: string, input = TSV, files = FILES) {
  for (const name of files) {
    expect((await readFile(join(output, name))).equals(await readFile(join(input, name))), name).toBe(true);
  }
}

describe.each(FORMS)('through %s', (first) => {
  test.each(FORMS)('and %s a data set comes back byte for byte', async (second) => {
    const place = await mkdtemp(join(folder, 'trip'));
    await convertDataSet(TSV, join(place, '1'), { to: first });
    expect(await splitsOf(join(place, '1'))).toEqual([
      { split: 'train', form: first },
      { split: 'valid', form: first },
    ]);
    await convertDataSet(join(place, '1'), join(place, '2'), { to: second });
    const report = await convertDataSet(join(place, '2'), join(place, '3'), { to: 'tsv' });
    expect(report.splits).toEqual([
      { split: 'train', pictures: 10, texts: 24, pairs: 39, leftOut: [] },
      { split: 'valid', pictures: 2, texts: 6, pairs: 8, leftOut: [] },
    ]);
    await expectSame(join(place, '3'));
    expect(await readdir(place)).toEqual(['1', '2', '3']);
  });

  test('everything is found at any place', async () => {
    const place = await mkdtemp(join(folder, 'random'));
    await convertDataSet(TSV, join(place, 'out'), { to: first });
    await using source = await openDataSet(TSV, { split: 'train' });
    await using set = await openDataSet(join(place, 'out'), { split: 'train' });
    const pictures = await collect(source.pictures('key'));
    expect((await collect(set.pictures('key'))).map(({ id }) => id)).toEqual(pictures.map(({ id }) => id));
    for (const picture of pictures.toReversed()) {
      const bytes = await (await set.picture(picture.id))!.bytes();
      expect(Buffer.compare(bytes, await picture.bytes())).toBe(0);
    }
    const pairs = await collect(source.pairs());
    expect(await collect(set.pairs())).toEqual(pairs);
    for (const i of [38, 0, 20]) expect(await set.pair(i)).toEqual(pairs[i]);
  });
});

/** Sets of odd ids, odd base64 and many-to-many texts, drawn at random. */
async function randomSet(seed: number): Promise<string> {
  const random = createRandom(seed);
  const place = await mkdtemp(join(folder, 'set'));
  const below = (n: number) => Math.floor(random.uniform() * n);
  const sizes = Array.from({ length: 1 + below(30) }, () => [1, 3, 700, 2038, 9000][below(5)]! + below(9));
  const ids = sizes.map(
    (_, i) => [`${i}`, `0${i}`, `图 ${i}`, `a.b/${i}`, `${2n ** 60n + BigInt(i)}`][below(5)]!,
  );
  const lines = sizes.map((size, i) => {
    const plain = Buffer.from(Array.from({ length: size }, () => below(256))).toString('base64');
    const spelled = [plain, plain, plain.replaceAll('+', '-').replaceAll('/', '_'), `${plain}!`][below(4)]!;
    return `${ids[i]}\t${spelled}\n`;
  });
  await writeFile(join(place, 'x_imgs.tsv'), lines.join(''));
  const texts = Array.from({ length: below(60) }, (_, i) => {
    const imageIds = Array.from({ length: below(4) }, () => ids[below(ids.length)]!);
    const all = imageIds.map((id) => (/^[1-9]\d*$|^0$/.test(id) ? id : JSON.stringify(id)));
    return `{"text_id":${i}, "gender": "女", "text":"${'字'.repeat(below(300))}\\n“${i}”","image_ids":[${all}]}\n`;
  });
  await writeFile(join(place, 'x_texts.jsonl'), texts.join(''));
  return place;
}

test.each([1, 2, 3, 4, 5, 6])('a random set %i comes back from every form byte for byte', async (seed) => {
  const input = await randomSet(seed);
  let before = input;
  const random = createRandom(seed);
  const order: Form[] = [...FORMS];
  random.shuffle(order);
  for (const [i, to] of [...order, 'tsv' as const].entries()) {
    const output = join(input, String(i));
    await convertDataSet(before, output, { to });
    before = output;
  }
  await expectSame(before, input, ['x_imgs.tsv', 'x_texts.jsonl']);
});

describe('faults', () => {
  async function damaged(change: (lines: string[], texts: string[]) => void) {
    const place = await mkdtemp(join(folder, 'fault'));
    const lines = (await readFile(join(TSV, 'valid_imgs.tsv'), 'utf8')).split('\n');
    const texts = (await readFile(join(TSV, 'valid_texts.jsonl'), 'utf8')).split('\n');
    change(lines, texts);
    await writeFile(join(place, 'v_imgs.tsv'), lines.join('\n'));
    await writeFile(join(place, 'v_texts.jsonl'), texts.join('\n'));
    return place;
  }
  const cut = (line: string) => line.slice(0, line.indexOf('\t') + 1 + 400);

  test('a missing picture ends the conversion, named with the line of the text', async () => {
    const input = await damaged((lines) => lines.splice(0, 1));
    await expect(convertDataSet(input, join(input, 'out'), { to: 'lmdb' })).rejects.toMatchObject({
      code: 'TUWEN_DATA_INVALID',
      value: { path: join(input, 'v_texts.jsonl'), line: 2, fault: 'missing-picture' },
    });
    expect(await readdir(input)).not.toContain('out');
  });

  test('a picture twice ends the conversion', async () => {
    const input = await damaged((lines) => lines.splice(1, 0, lines[0]!));
    await expect(convertDataSet(input, join(input, 'out'), { to: 'folder' })).rejects.toMatchObject({
      value: { line: 2, fault: 'duplicate-picture' },
    });
  });

  test('broken pictures and mentions of them are left out where asked, and all named', async () => {
    const input = await damaged((lines) => {
      lines[0] = cut(lines[0]!);
    });
    const said: TuwenError[] = [];
    const { splits } = await convertDataSet(input, join(input, 'out'), {
      to: 'tsv',
      skipBroken: true,
      onLeftOut: (error) => said.push(error),
    });
    const [{ pictures, texts, leftOut }] = splits as [(typeof splits)[0]];
    expect([pictures, texts]).toEqual([1, 6]);
    expect(leftOut.map(({ source, code }) => [source.slice(input.length + 1), code])).toEqual([
      ['v_imgs.tsv:1 (9007199254740991)', 'TUWEN_IMAGE_UNREADABLE'],
      ...[2, 4, 5, 6].map((line) => [`v_texts.jsonl:${line}`, 'TUWEN_DATA_INVALID']),
    ]);
    expect(said.length).toBe(leftOut.length);
    await using set = await openDataSet(join(input, 'out'));
    const ids = (await collect(set.texts())).map(({ imageIds }) => imageIds);
    expect(ids).toEqual([[77], [77], [77], [77], [], []]);
  });

  test('a split that is there stays, unless it is to be replaced', async () => {
    const output = join(await mkdtemp(join(folder, 'there')), 'out');
    await convertDataSet(TSV, output, { to: 'webdataset', splits: ['valid'] });
    await expect(convertDataSet(TSV, output, { to: 'webdataset' })).rejects.toMatchObject({
      code: 'TUWEN_DATA_EXISTS',
      value: { path: output, split: 'valid' },
    });
    await convertDataSet(TSV, output, { to: 'webdataset', splits: ['train'] });
    await convertDataSet(TSV, output, { to: 'webdataset', force: true });
    expect(await splitsOf(output)).toEqual(
      ['train', 'valid'].map((split) => ({ split, form: 'webdataset' })),
    );
    await expect(convertDataSet(TSV, output, { to: 'tsv', splits: ['tset'] })).rejects.toMatchObject({
      code: 'TUWEN_DATA_SPLIT',
    });
  });
});

const PICTURES = 100;

/** A set of a hundred pictures, to be stopped half-way. */
async function longSet(): Promise<string> {
  const place = await mkdtemp(join(folder, 'long'));
  const lines = Array.from(
    { length: PICTURES },
    (_, i) => `${i}\t${Buffer.alloc(6000, i).toString('base64')}\n`,
  );
  await writeFile(join(place, 'train_imgs.tsv'), lines);
  const texts = Array.from(
    { length: 300 },
    (_, i) => `{"text_id": ${i}, "text": "文${i}", "image_ids": [${i % PICTURES}]}\n`,
  );
  await writeFile(join(place, 'train_texts.jsonl'), texts);
  return place;
}

/** A state to go on from after every other picture. */
const CHECKPOINT_BYTES = 10_000;

/** Runs a conversion in a process of its own, which kills itself at a picture. */
async function killed(input: string, output: string, to: Form, at: number): Promise<void> {
  const script = `
    import { convertDataSet } from '${new URL('convert.ts', import.meta.url)}';
    const onProgress = ({ unit, done }) => {
      if (unit === 'image' && done >= ${at}) process.kill(process.pid, 'SIGKILL');
    };
    const options = { to: '${to}', checkpointBytes: ${CHECKPOINT_BYTES}, onProgress };
    await convertDataSet(${JSON.stringify(input)}, ${JSON.stringify(output)}, options);`;
  const loader = join(ROOT, 'test/support/typescript.mjs');
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

describe('going on', () => {
  let input: string;
  beforeAll(async () => {
    input = await longSet();
  });

  /** The next run counts on from what was done, but for the pictures since the last state. */
  async function expectGoesOn(output: string, to: Form, done: number) {
    await expect(readdir(output)).rejects.toMatchObject({ code: 'ENOENT' });
    let first: Progress | undefined;
    const onProgress = (progress: Progress) => {
      first ??= progress;
    };
    await convertDataSet(input, output, { to, onProgress });
    // A run that had all pictures goes on with the texts.
    const before = first?.unit === 'image' ? first.done : PICTURES;
    expect(before).toBeGreaterThan(done - 4);
    await convertDataSet(output, `${output}-tsv`, { to: 'tsv' });
    await expectSame(`${output}-tsv`, input, ['train_imgs.tsv', 'train_texts.jsonl']);
  }

  test.each(FORMS)('a conversion to %s that was cancelled goes on', async (to) => {
    const output = join(await mkdtemp(join(folder, 'cancel')), 'out');
    const controller = new AbortController();
    const { signal } = controller;
    let reached = 0;
    const onProgress = ({ unit, done }: Progress) => {
      if (!signal.aborted) reached = unit === 'image' ? done : PICTURES;
      controller.abort();
    };
    const options = { to, checkpointBytes: CHECKPOINT_BYTES, onProgress, signal };
    await expect(convertDataSet(input, output, options)).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    await expectGoesOn(output, to, reached);
  });

  test.each(FORMS)('one to %s that was killed goes on', async (to) => {
    const output = join(await mkdtemp(join(folder, 'kill')), 'out');
    await killed(input, output, to, PICTURES);
    await expectGoesOn(output, to, PICTURES);
  });
});
