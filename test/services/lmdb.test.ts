/** The LMDBs that we write, read by Python's lmdb and by the dataset class of the reference's trainer. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertDataSet } from '../../src/data/index.ts';
import { fixture } from '../support/fixtures.ts';
import { ROOT } from '../support/package.ts';

const ENVIRONMENT = join(ROOT, 'build/services/lmdb');
const PYTHON = join(ENVIRONMENT, 'bin/python');
const INSTALLED = join(ENVIRONMENT, 'installed');
const SCRIPT = fileURLToPath(new URL('support/read_lmdb.py', import.meta.url));

/** What cn_clip's dataset class imports; those of the second list bring more than it needs along. */
const PACKAGES = ['torch==2.13.0', 'lmdb==1.6.2', 'numpy==2.4.6', 'pillow==12.1.0', 'six==1.17.0'];
const ALONE = ['torchvision==0.28.0', 'cn_clip==1.6.0', 'timm==1.0.31'];
const FOR_TIMM = ['huggingface_hub==0.36.0', 'pyyaml==6.0.4', 'safetensors==0.8.0'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-lmdb-'));
  if (existsSync(INSTALLED)) return;
  mkdirSync(ENVIRONMENT, { recursive: true });
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'inherit' });
  run('python3', '-m', 'venv', ENVIRONMENT);
  run(PYTHON, '-m', 'pip', 'install', '--quiet', ...PACKAGES, ...FOR_TIMM);
  run(PYTHON, '-m', 'pip', 'install', '--quiet', '--no-deps', ...ALONE);
  writeFileSync(INSTALLED, '');
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

interface Found {
  readonly pairs: readonly (readonly [key: string, value: unknown])[];
  readonly imgs: readonly (readonly [key: string, value: string])[];
  /** Hash of the pixels, ids, place of the last token. */
  readonly samples: readonly (readonly [string, readonly number[], number])[];
}

function read(split: string): Found {
  return JSON.parse(execFileSync(PYTHON, [SCRIPT, split], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

test.each(['train', 'valid'])('%s: what the reference’s own build script wrote', async (split) => {
  const output = join(folder, split);
  await convertDataSet(fixture('lmdb/tsv'), output, { to: 'lmdb', splits: [split] });
  const ours = read(join(output, 'lmdb', split));
  expect(ours).toEqual(read(fixture(`lmdb/lmdb/${split}`)));
  expect(ours.samples.length).toBeGreaterThan(5);
});

test('of a set whose trees have several levels', async () => {
  const pictures = 700;
  const input = join(folder, 'tall');
  mkdirSync(input);
  const bytes = (i: number) => Buffer.alloc(20 + ((i * 7919) % 9000), i);
  const rows = Array.from({ length: pictures }, (_, i) => `${i * 37}\t${bytes(i).toString('base64')}\n`);
  writeFileSync(join(input, 'train_imgs.tsv'), rows.join(''));
  const texts = Array.from({ length: 4000 }, (_, i) => ({
    text_id: i,
    text: `第${i}条说明`,
    image_ids: [(i % pictures) * 37],
  }));
  writeFileSync(join(input, 'train_texts.jsonl'), texts.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await convertDataSet(input, join(folder, 'tall-lmdb'), { to: 'lmdb' });
  const script = `import lmdb, json, pickle, sys
for name in ("imgs", "pairs"):
    with lmdb.open(sys.argv[1] + "/" + name, readonly=True, lock=False) as e, e.begin() as t:
        stat = e.stat()
        print(json.dumps([stat["depth"], stat["entries"], sum(len(v) for _, v in t.cursor()), [t.get(str(k).encode()) is not None for k in (0, 37, 699 * 37)] ]))`;
  const split = join(folder, 'tall-lmdb/lmdb/train');
  const [imgs, pairs] = execFileSync(PYTHON, ['-c', script, split], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const length = rows.reduce((sum, row) => sum + row.trimEnd().split('\t')[1]!.length, 0);
  expect(imgs).toEqual([
    expect.any(Number),
    pictures + 1,
    length + String(pictures).length,
    [true, true, true],
  ]);
  expect(imgs[0]).toBeGreaterThanOrEqual(2);
  expect(pairs.slice(0, 2)).toEqual([expect.any(Number), 4001]);
});
