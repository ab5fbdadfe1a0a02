/** Damaged LMDBs: the cases of the fixtures, and changed bytes. TUWEN_FUZZ and TUWEN_FUZZ_SEED as for weights. */
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { createRandom, isTuwenError, TuwenError } from '../../base/index.ts';
import { openDataSet } from '../open.ts';
import { openLmdb } from './environment.ts';

const CASES = Number(process.env.TUWEN_FUZZ ?? 100);
const SEED = Number(process.env.TUWEN_FUZZ_SEED ?? 20260601);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-lmdb-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A copy of the training split, damaged. */
async function damaged(damage: (split: string) => Promise<void>): Promise<unknown> {
  const split = await mkdtemp(join(folder, 'split'));
  await cp(fixture('lmdb/lmdb/train'), split, { recursive: true });
  await damage(split);
  try {
    await using set = await openDataSet(split);
    for await (const { imageId } of set.pairs()) {
      const picture = await set.picture(imageId);
      await picture?.bytes();
    }
    for await (const picture of set.pictures()) await picture.bytes();
  } catch (error) {
    if (error instanceof TuwenError) return [error.code, (error.value as { fault?: string }).fault];
    throw error;
  }
  return 'read';
}

/** Overwrites bytes of a file where they stand first. */
function replacing(
  file: string,
  ...changes: readonly [at: number | string, bytes: string | readonly number[]][]
) {
  return async (split: string) => {
    const bytes = await readFile(join(split, file));
    for (const [at, value] of changes) {
      const place = typeof at === 'number' ? at : bytes.indexOf(at, 'latin1');
      Buffer.from(value as string, 'latin1').copy(bytes, place);
    }
    await writeFile(join(split, file), bytes);
  };
}

const PAIRS = 'pairs/data.mdb';
const IMGS = 'imgs/data.mdb';
const FIRST_PAIR = '\x80\x04\x95';

test.each([
  [
    'a key of the count that is not there',
    replacing(PAIRS, ['num_samples', 'num_sampleZ']),
    'TUWEN_LMDB_INVALID',
    'no-count',
  ],
  [
    'a count too small',
    replacing(PAIRS, ['num_samples39', 'num_samples38']),
    'TUWEN_LMDB_INVALID',
    'wrong-count',
  ],
  [
    'a count that is no number',
    replacing(PAIRS, ['num_samples39', 'num_samples3x']),
    'TUWEN_LMDB_INVALID',
    'no-count',
  ],
  ['a pair that is no pickle', replacing(PAIRS, [FIRST_PAIR, 'text']), 'TUWEN_LMDB_INVALID', 'bad-pair'],
  ['an empty file', (split: string) => truncate(join(split, PAIRS), 0), 'TUWEN_LMDB_INVALID', 'too-short'],
  [
    'a file cut to its half',
    (split: string) => truncate(join(split, IMGS), 16384),
    'TUWEN_LMDB_INVALID',
    'page-beyond-file',
  ],
  ['no magic', replacing(PAIRS, [16, '\0\0\0\0'], [4112, '\0\0\0\0']), 'TUWEN_LMDB_INVALID', 'not-lmdb'],
  [
    'another version',
    replacing(PAIRS, [20, '\x02\0\0\0'], [4116, '\x02\0\0\0']),
    'TUWEN_LMDB_INVALID',
    'version',
  ],
  ['no file', (split: string) => rm(join(split, PAIRS)), 'TUWEN_FILE_MISSING', undefined],
  [
    'no folder',
    (split: string) => rm(join(split, 'pairs'), { recursive: true }),
    'TUWEN_DATA_UNKNOWN',
    undefined,
  ],
  ['base64 with other characters', replacing(IMGS, ['/9j/', '/9j\xe9']), 'TUWEN_DATA_INVALID', 'bad-base64'],
])('%s is named', async (_, damage, code, fault) => {
  expect(await damaged(damage)).toEqual([code, fault]);
});

test.each(['lmdb/lmdb/train/imgs', 'lmdb/lmdb/train/pairs', 'lmdb/large/imgs', 'lmdb/deep/imgs'])(
  'changed bytes of %s: read or refused, and always to an end',
  async (source) => {
    const original = await readFile(fixture(`${source}/data.mdb`));
    const random = createRandom(SEED);
    const place = await mkdtemp(join(folder, 'fuzz'));
    for (let i = 0; i < CASES; i++) {
      const bytes = Buffer.from(original);
      const changes = 1 + Math.floor(random.uniform() * 6);
      for (let change = 0; change < changes; change++) mutate(bytes, () => random.uniform());
      const end = random.uniform() < 0.2 ? Math.floor(random.uniform() * bytes.length) : bytes.length;
      await writeFile(join(place, 'data.mdb'), bytes.subarray(0, end));
      await readAll(place).catch((error) => {
        if (!isTuwenError(error)) throw error;
        expect(['TUWEN_LMDB_INVALID', 'TUWEN_FILE_UNREADABLE']).toContain(error.code);
      });
    }
  },
);

/** Changes a number where numbers of the format stand more often than elsewhere: at the head of a page. */
function mutate(bytes: Buffer, uniform: () => number): void {
  const page = 4096 * Math.floor((uniform() * bytes.length) / 4096);
  const within = uniform() < 0.6 ? Math.floor(uniform() * 160) : Math.floor(uniform() * 4096);
  const values = [0, 1, 2, 4, 8, 0x7f, 0x80, 0xff, Math.floor(uniform() * 256)];
  bytes[page + within] = values[Math.floor(uniform() * values.length)]!;
}

async function readAll(path: string): Promise<void> {
  const lmdb = await openLmdb(path);
  try {
    let count = 0;
    for await (const { key, value } of lmdb.all()) {
      await value();
      if (count++ % 5 === 0) await lmdb.get(key);
    }
  } finally {
    await lmdb.close();
  }
}
