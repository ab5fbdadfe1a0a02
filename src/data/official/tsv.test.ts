import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../test/support/collect.ts';
import { fixture, readJsonFixture } from '../../../test/support/fixtures.ts';
import { openDataSet, splitsOf } from '../open.ts';
import { decodeBase64 } from './base64.ts';
import { parseLine, printLine } from './json-line.ts';

interface Entry {
  readonly key: string;
  readonly imageSha256?: string;
}
interface Expected {
  readonly imgs: { readonly entries: readonly Entry[] };
  readonly training: {
    readonly items: readonly { image_id: number; text_id: number; preprocessed: string }[];
  };
}

const TSV = fixture('lmdb/tsv');
const expected = readJsonFixture<Record<string, Expected>>('lmdb/expected.json');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-tsv-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('splits come in the order of training and validation', async () => {
  expect(await splitsOf(TSV)).toEqual([
    { split: 'train', form: 'tsv' },
    { split: 'valid', form: 'tsv' },
  ]);
});

describe.each(['train', 'valid'])('%s', (split) => {
  const { imgs, training } = expected[split]!;
  const entries = imgs.entries.filter(({ key }) => key !== 'num_images');

  test('pictures in key order are those of the official reader, byte for byte', async () => {
    await using set = await openDataSet(TSV, { split });
    const pictures = await collect(set.pictures('key'));
    expect(pictures.map(({ id }) => String(id))).toEqual(entries.map(({ key }) => key));
    const hashes = await Promise.all(pictures.map(async (picture) => sha256(await picture.bytes())));
    expect(hashes).toEqual(entries.map(({ imageSha256 }) => imageSha256));
  });

  test('a picture is found by its id, as a number or as text', async () => {
    await using set = await openDataSet(TSV, { split });
    for (const { key, imageSha256 } of entries) {
      expect(sha256(await (await set.picture(key))!.bytes())).toBe(imageSha256);
      expect((await set.picture(Number(key)))!.source).toBe((await set.picture(key))!.source);
    }
    expect(await set.picture(3)).toBeUndefined();
  });

  test('pairs are those of the official training set, in order and at random', async () => {
    await using set = await openDataSet(TSV, { split });
    const pairs = await collect(set.pairs());
    expect(pairs.map(({ imageId, textId }) => [imageId, textId])).toEqual(
      training.items.map(({ image_id, text_id }) => [image_id, text_id]),
    );
    expect((await set.counts()).pairs).toBe(pairs.length);
    for (const index of [pairs.length - 1, 0, 3]) expect(await set.pair(index)).toEqual(pairs[index]);
    await expect(set.pair(pairs.length)).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
  });
});

async function rejected(name: string, pictures: string, texts: string) {
  const place = join(folder, name);
  await mkdir(place);
  await writeFile(join(place, 'train_imgs.tsv'), pictures);
  await writeFile(join(place, 'train_texts.jsonl'), texts);
  await using set = await openDataSet(place);
  const all = async () => {
    for await (const picture of set.pictures('key')) await picture.bytes();
    await collect(set.texts());
  };
  return await all().catch((error) => {
    const { path, ...value } = error.value;
    return [path.slice(place.length + 1), value];
  });
}

const LINE = '{"text_id": 1, "text": "a", "image_ids": [1]}\n';

test.each([
  ['blank', '1\tAAAA\n\n2\tAAAA\n', LINE, 'train_imgs.tsv', 2, 'blank-line'],
  ['bom', '\ufeff1\tAAAA\n', LINE, 'train_imgs.tsv', 1, 'byte-order-mark'],
  ['no tab', '1\tAAAA\n2 AAAA\n', LINE, 'train_imgs.tsv', 2, 'not-id-and-picture'],
  ['two tabs', '1\tAAAA\tAAAA\n', LINE, 'train_imgs.tsv', 1, 'not-id-and-picture'],
  ['twice', '1\tAAAA\n1\tAAAA\n', LINE, 'train_imgs.tsv', 2, 'duplicate-picture'],
  ['unpadded', '1\tAAAA\n2\tAAA\n', LINE, 'train_imgs.tsv', 2, 'bad-base64'],
  ['json', '1\tAAAA\n', `${LINE}{"text_id": 2,\n`, 'train_texts.jsonl', 2, 'not-json'],
  ['text bom', '1\tAAAA\n', `\ufeff${LINE}`, 'train_texts.jsonl', 1, 'byte-order-mark'],
  ['text blank', '1\tAAAA\n', `${LINE}\r\n${LINE}`, 'train_texts.jsonl', 2, 'blank-line'],
  ['no text', '1\tAAAA\n', '{"text_id": 1}\n', 'train_texts.jsonl', 1, 'no-field'],
  ['bad ids', '1\tAAAA\n', LINE.replace('[1]', '[1.5]'), 'train_texts.jsonl', 1, 'bad-field'],
])('%s is named with file and line', async (name, pictures, texts, path, line, fault) => {
  expect(await rejected(name, pictures, texts)).toEqual([path, expect.objectContaining({ line, fault })]);
});

test('bytes that are no UTF-8 are named', async () => {
  await writeFile(join(folder, 'x_imgs.tsv'), Buffer.from('1\tAAAA\n2\xff\tAAAA\n', 'latin1'));
  await writeFile(join(folder, 'x_texts.jsonl'), LINE);
  await using set = await openDataSet(folder);
  await expect(collect(set.pictures())).rejects.toMatchObject({ value: { line: 2, fault: 'not-utf8' } });
});

test('lines that end with CR LF are read as the official scripts read them', async () => {
  const place = await mkdtemp(join(folder, 'crlf'));
  await writeFile(join(place, 'train_imgs.tsv'), '1\tAAAA\r\n2\tAAAB\r\n');
  await writeFile(join(place, 'train_texts.jsonl'), LINE.replace('\n', '\r\n'));
  await using set = await openDataSet(join(place, 'train_imgs.tsv'));
  const pictures = await collect(set.pictures());
  expect(pictures.map(({ id }) => id)).toEqual([1, 2]);
  expect([...(await pictures[1]!.bytes())]).toEqual([0, 0, 1]);
  expect(await collect(set.pairs())).toEqual([{ imageId: 1, textId: 1, text: 'a' }]);
});

// What Python 3.11 makes of them: base64.urlsafe_b64decode.
test.each([
  ['AAAA\nAA==', [0, 0, 0, 0]],
  ['_-_-', [255, 239, 254]],
  ['AA=A=A==', [0, 0]],
  ['AA==AAAA', [0]],
  ['=AAAA', [0, 0, 0]],
  ['A=A=A=A=', [0, 0]],
  ['AAA', undefined],
  ['AAAAA===', undefined],
  ['AA=', undefined],
  ['AAAA\u00e9', undefined],
])('base64 %j is read as by Python', (text, bytes) => {
  const decoded = decodeBase64(Buffer.from(text));
  expect(decoded && [...decoded]).toEqual(bytes);
});

test('whole numbers beyond a double stay exact, and the same digits in a text stay text', () => {
  const json = '{"a": 12345678901234567890, "b": "\\"12345678901234567890", "c": [-9007199254740993, 1.5]}';
  const value = parseLine(json)!;
  expect(value).toEqual({
    a: 12345678901234567890n,
    b: '"12345678901234567890',
    c: [-9007199254740993n, 1.5],
  });
  expect(printLine(value)).toBe(json);
  expect(parseLine('[1]')).toBeUndefined();
});
