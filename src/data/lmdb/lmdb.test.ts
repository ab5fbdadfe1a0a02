import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { collect } from '../../../test/support/collect.ts';
import { fixture, readJsonFixture } from '../../../test/support/fixtures.ts';
import { openDataSet, splitsOf } from '../open.ts';
import { openLmdb } from './environment.ts';
import { readPair } from './read-pair.ts';
import { writePair } from './write-pair.ts';

interface PairEntry {
  readonly key: string;
  readonly hex: string;
  readonly image_id?: number;
  readonly text_id: number;
  readonly text: string;
}
interface PictureEntry {
  readonly key: string;
  readonly base64Sha256: string;
  readonly imageSha256: string;
}
interface Split {
  readonly imgs: { readonly entries: readonly PictureEntry[] };
  readonly pairs: { readonly entries: readonly PairEntry[] };
  readonly training: {
    readonly items: readonly { readonly image_id: number; readonly text_id: number }[];
  };
}

const expected = readJsonFixture<Record<string, Split>>('lmdb/expected.json');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

async function entries(folder: string) {
  const lmdb = await openLmdb(fixture(`lmdb/${folder}`));
  try {
    const all = await collect(lmdb.all());
    return await Promise.all(all.map(async ({ key, value }) => [key.toString(), await value()] as const));
  } finally {
    await lmdb.close();
  }
}

describe.each(['lmdb', 'compact'])('%s', (made) => {
  test.each(['train', 'valid'])('%s: keys and values as liblmdb gives them', async (split) => {
    const { imgs, pairs } = expected[split]!;
    const values = await entries(`${made}/${split}/pairs`);
    expect(values.slice(0, -1).map(([key, value]) => [key, value.toString('hex')])).toEqual(
      pairs.entries.slice(0, -1).map(({ key, hex }) => [key, hex]),
    );
    expect(values.at(-1)!.map(String)).toEqual(['num_samples', String(pairs.entries.length - 1)]);
    const pictures = await entries(`${made}/${split}/imgs`);
    expect(pictures.map(([key]) => key)).toEqual(imgs.entries.map(({ key }) => key));
    for (const [i, [key, value]] of pictures.entries()) {
      if (key !== 'num_images') expect(sha256(value)).toBe(imgs.entries[i]!.base64Sha256);
    }
  });
});

test('values on overflow pages, freed pages and two transactions', async () => {
  interface Large {
    readonly large: { readonly entries: readonly { key: string; length: number; sha256: string }[] };
  }
  const { large } = readJsonFixture<Large>('lmdb/large.json');
  const found = await entries('large/imgs');
  expect(found.map(([key, value]) => ({ key, length: value.length, sha256: sha256(value) }))).toEqual(
    large.entries,
  );
});

test('a tree of three levels, in order and at random', async () => {
  const keys = Array.from({ length: 120 }, (_, i) => `${i}${'k'.repeat(490)}`).sort();
  const found = await entries('deep/imgs');
  expect(found.map(([key, value]) => [key, value.toString()])).toEqual(
    keys.map((key, i) => [key, String(i)]),
  );
  const lmdb = await openLmdb(fixture('lmdb/deep/imgs'));
  for (const [i, key] of keys.entries()) expect((await lmdb.get(key))?.toString()).toBe(String(i));
  for (const key of ['', '0', '5', 'z', `${keys[7]}k`]) expect(await lmdb.get(key)).toBeUndefined();
  await lmdb.close();
});

test('three thousand short pairs under one branch', async () => {
  const lmdb = await openLmdb(fixture('lmdb/unpadded/pairs'));
  for (let i = 0; i < 3000; i += 7) {
    expect(readPair((await lmdb.get(String(i)))!)).toEqual({ imageId: i % 97, textId: i, text: `文${i}` });
  }
  expect((await lmdb.get('num_samples'))?.toString()).toBe('3000');
  await lmdb.close();
});

test.each(['train', 'valid'])('%s as a data set is what the official readers see', async (split) => {
  const { imgs, training } = expected[split]!;
  const pictures = imgs.entries.filter(({ key }) => key !== 'num_images');
  await using set = await openDataSet(fixture('lmdb/lmdb'), { split });
  expect(set.form).toBe('lmdb');
  const found = await collect(set.pictures());
  expect(found.map(({ id }) => id)).toEqual(pictures.map(({ key }) => Number(key)));
  expect(await Promise.all(found.map(async (each) => sha256(await each.bytes())))).toEqual(
    pictures.map(({ imageSha256 }) => imageSha256),
  );
  const pairs = await collect(set.pairs());
  expect(pairs.map(({ imageId, textId }) => [imageId, textId])).toEqual(
    training.items.map(({ image_id, text_id }) => [image_id, text_id]),
  );
  const last = pairs.length - 1;
  expect([await set.pair(last), await set.pair(2)]).toEqual([pairs[last], pairs[2]]);
  await expect(set.pair(last + 1)).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
  expect(sha256(await (await set.picture(pictures[0]!.key))!.bytes())).toBe(pictures[0]!.imageSha256);
  expect(await set.picture('num_images')).toBeUndefined();
  const texts = await collect(set.texts());
  expect(texts.flatMap(({ id, imageIds }) => imageIds.map((imageId) => [imageId, id]))).toEqual(
    pairs.map(({ imageId, textId }) => [imageId, textId]),
  );
  expect(await set.counts()).toEqual({
    pictures: pictures.length,
    texts: texts.length,
    pairs: pairs.length,
  });
});

test('one pair of LMDBs is its own split', async () => {
  expect(await splitsOf(fixture('lmdb/lmdb/valid'))).toEqual([{ split: 'valid', form: 'lmdb' }]);
});

describe('pickles', () => {
  const pairs = Object.values(expected).flatMap((split) =>
    split.pairs.entries.filter(({ key }) => key !== 'num_samples'),
  );

  test('of pairs are read as Python reads them, and written as Python writes them', () => {
    for (const { hex, image_id, text_id, text } of pairs) {
      const pair = readPair(Buffer.from(hex, 'hex'));
      expect(pair).toEqual({ imageId: image_id, textId: text_id, text });
      expect(writePair(pair!).toString('hex')).toBe(hex);
    }
  });

  // Python 3.11: pickle.dumps((-1, 'id', '文'), protocol).
  test.each([
    [0, '(I-1\nVid\np0\nV\\u6587\np1\ntp2\n.'],
    [2, '\x80\x02J\xff\xff\xff\xffX\x02\x00\x00\x00idq\x00X\x03\x00\x00\x00\xe6\x96\x87q\x01\x87q\x02.'],
    [4, '\x80\x04\x95\x14\0\0\0\0\0\0\0J\xff\xff\xff\xff\x8c\x02id\x94\x8c\x03\xe6\x96\x87\x94\x87\x94.'],
  ])('of protocol %i are read', (_, bytes) => {
    expect(readPair(Buffer.from(bytes, 'latin1'))).toEqual({ imageId: -1, textId: 'id', text: '文' });
  });

  test.each([
    ['code', 'cbuiltins\nlist\n(tR.'],
    ['a list', '(K\x01K\x02Va\nl.'],
    ['two', 'K\x01K\x02\x86.'],
    ['a number for the text', 'K\x01K\x02K\x03\x87.'],
    ['a tuple for an id', '(K\x01(tVa\nt.'],
    ['too short', 'K\x01K'],
    ['nothing', ''],
    ['no pickle', 'text'],
    ['a text longer than the bytes', 'K\x01K\x02X\xff\xff\xff\x7fa\x87.'],
  ])('of %s are refused', (_, bytes) => {
    expect(readPair(Buffer.from(bytes, 'latin1'))).toBeUndefined();
  });

  test.each([
    0,
    255,
    256,
    65535,
    65536,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 53 - 1,
    -1,
    -(2 ** 31) - 1,
    2n ** 70n,
    'x'.repeat(300),
  ])('hold the id %s', (id) => {
    const pair = { imageId: id, textId: 0, text: '' };
    expect(readPair(writePair(pair))).toEqual(pair);
  });
});
