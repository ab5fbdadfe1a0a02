import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { pythonFloat } from '../../base/index.ts';
import { readSafetensors, readSafetensorsHeader, toFloat32 } from '../../weights/index.ts';
import { type FeatureRecord, featureWriter, formatOf, journalFolder, openJournal } from './index.ts';
import { featureLine } from './jsonl.ts';
import { npyHeader } from './npy.ts';

/** Numbers with what Python 3.11's json.dumps writes for them. */
const PYTHON: readonly [number, string][] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [-2, '-2.0'],
  [0.5, '0.5'],
  [0.1, '0.1'],
  [0.10000000149011612, '0.10000000149011612'],
  [-0.16935637593269348, '-0.16935637593269348'],
  [0.00012345, '0.00012345'],
  [0.0001, '0.0001'],
  [9.999999747378752e-5, '9.999999747378752e-05'],
  [9.5e-5, '9.5e-05'],
  [9.500000305706635e-5, '9.500000305706635e-05'],
  [1e-5, '1e-05'],
  [9.999999974752427e-7, '9.999999974752427e-07'],
  [1.5e-7, '1.5e-07'],
  [-1e-100, '-1e-100'],
  [1.1754943508222875e-38, '1.1754943508222875e-38'],
  [1.401298464324817e-45, '1.401298464324817e-45'],
  [2.2250738585072014e-308, '2.2250738585072014e-308'],
  [5e-324, '5e-324'],
  [100000, '100000.0'],
  [1e15, '1000000000000000.0'],
  [9999999999999998, '9999999999999998.0'],
  [1e16, '1e+16'],
  [1.5e16, '1.5e+16'],
  [1.2345678901234568e17, '1.2345678901234568e+17'],
  [1e21, '1e+21'],
  [1e22, '1e+22'],
  [3.4028234663852886e38, '3.4028234663852886e+38'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
];

describe('numbers', () => {
  test.each(PYTHON)('%s is written as Python writes it', (value, written) => {
    expect(pythonFloat(value)).toBe(written);
  });

  test.each([
    ['train_imgs.img_feat.jsonl', 'image_id'],
    ['train_texts.txt_feat.jsonl', 'text_id'],
    ['texts-made-up.txt_feat.jsonl', 'text_id'],
  ] as const)('%s is written again as it is, byte for byte', async (name, field) => {
    const text = await readFile(fixture(`evaluation/extract/${name}`), 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const row = JSON.parse(line) as Record<string, number> & { feature: number[] };
      expect(
        featureLine({ field, name: JSON.stringify(row[field]), vector: Float32Array.from(row.feature) }),
      ).toBe(line);
    }
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tuwen-features-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const records: FeatureRecord[] = [
    { field: 'image', name: '照片/a "b".jpg', vector: Float32Array.of(0.25, -1, 3e-5) },
    { field: 'image_id', name: 12345678901234567890n, vector: Float32Array.of(1, 2, 3) },
  ];

  async function opened(path: string, run: object = {}) {
    const journal = await openJournal(journalFolder(path));
    await journal.begin({ dim: 3, ...run });
    return { ...featureWriter(path, formatOf(path)!, journal), close: journal.close };
  }

  async function written(name: string, list = records): Promise<string> {
    const path = join(folder, name);
    const writer = await opened(path);
    for (const record of list) await writer.write(record);
    expect(await readdir(folder)).not.toContain(name);
    await writer.finish();
    return path;
  }

  test('.jsonl', async () => {
    expect(await readFile(await written('a.jsonl'), 'utf8')).toBe(
      '{"image": "照片/a \\"b\\".jpg", "feature": [0.25, -1.0, 2.9999999242136255e-05]}\n' +
        '{"image_id": 12345678901234567890, "feature": [1.0, 2.0, 3.0]}\n',
    );
    expect(await readdir(folder)).toEqual(['a.jsonl']);
  });

  test('.npy, with names beside it', async () => {
    const bytes = await readFile(await written('a.npy'));
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
    expect(bytes.readUInt16LE(8) + 10).toBe(128);
    expect(bytes.toString('latin1', 10, 128)).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/,
    );
    const numbers = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length),
    );
    expect([...numbers]).toEqual(records.flatMap(({ vector }) => [...vector]));
    expect(await readFile(join(folder, 'a.names.json'), 'utf8')).toBe(
      '[\n"照片/a \\"b\\".jpg",\n12345678901234567890\n]\n',
    );
    expect((await readdir(folder)).sort()).toEqual(['a.names.json', 'a.npy']);
  });

  test('.safetensors, with names in its metadata', async () => {
    const text: FeatureRecord = { field: 'text', name: '猫', vector: Float32Array.of(7, 8, 9) };
    const path = await written('a.safetensors', [...records, text]);
    const tensors = await readSafetensors(path);
    expect([...tensors.keys()]).toEqual(['image_features', 'text_features']);
    expect(tensors.get('image_features')!.shape).toEqual([2, 3]);
    expect([...toFloat32(tensors.get('image_features')!)]).toEqual(
      records.flatMap(({ vector }) => [...vector]),
    );
    expect([...toFloat32(tensors.get('text_features')!)]).toEqual([7, 8, 9]);
    const { metadata } = await readSafetensorsHeader(path);
    expect(Object.fromEntries(metadata)).toEqual({
      image_names: '["照片/a \\"b\\".jpg", 12345678901234567890]',
      text_names: '["猫"]',
    });
    expect(await readdir(folder)).toEqual(['a.safetensors']);
  });

  test.each(['a.jsonl', 'a.npy', 'a.safetensors'])(
    '%s: nothing to write is a file all the same',
    async (name) => {
      const bytes = await readFile(await written(name, []));
      if (name.endsWith('.jsonl')) expect(bytes.length).toBe(0);
      if (name.endsWith('.npy')) {
        expect(bytes).toEqual(npyHeader(0, 0));
        expect(JSON.parse(await readFile(join(folder, 'a.names.json'), 'utf8'))).toEqual([]);
      }
      if (name.endsWith('.safetensors')) expect((await readSafetensors(join(folder, name))).size).toBe(0);
    },
  );

  test.each(['a.jsonl', 'a.npy', 'a.safetensors'])(
    '%s: a run that is stopped goes on, and the file is that of a run in one go',
    async (name) => {
      const texts = ['猫', '狗', '狗', 'line\u2028separator'].map((text, i) => ({
        field: 'text' as const,
        name: text,
        vector: Float32Array.of(i, 0.1, -i),
      }));
      const all = [...records, ...texts];
      const expected = await readFile(await written(`whole-${name}`, all));
      const path = join(folder, name);
      let stops = 0;
      for (let done = 0; done < all.length; stops += 1) {
        const writer = await opened(path);
        expect(writer.earlier('image') + writer.earlier('text')).toBe(done);
        const rest = all.filter((record) => !writer.take(record));
        expect(rest).toEqual(all.slice(done));
        for (const record of rest.slice(0, 2)) await writer.write(record);
        done += Math.min(2, rest.length);
        if (done < all.length) await writer.close();
        else await writer.finish();
      }
      expect(stops).toBe(3);
      expect(await readFile(path)).toEqual(expected);
      expect(await readdir(folder)).not.toContain(`${name}.partial`);
    },
  );

  test('what a killed run left half written is written again', async () => {
    const path = join(folder, 'a.npy');
    const first = await opened(path);
    for (const record of records) await first.write(record);
    await first.close();
    await truncate(join(journalFolder(path), 'vectors.f32'), 3 * 4 + 5);
    const second = await opened(path);
    expect(records.map((record) => second.take(record))).toEqual([true, false]);
    await second.write(records[1]!);
    await second.finish();
    expect(await readFile(path)).toEqual(await readFile(await written('b.npy')));
  });

  test('vectors of another run, or of pictures that are gone, are not in the file', async () => {
    const path = join(folder, 'a.jsonl');
    const first = await opened(path, { precision: 'int8' });
    for (const record of records) await first.write(record);
    await first.close();
    const same = await opened(path, { precision: 'int8' });
    expect(same.take(records[1]!)).toBe(true);
    await same.finish();
    expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(1);
    await (await opened(path)).close();
    const other = await opened(path, { precision: 'fp32' });
    expect(records.some((record) => other.take(record))).toBe(false);
    await other.close();
  });

  test('a run that wrote nothing leaves nothing behind', async () => {
    await (await opened(join(folder, 'a.npy'))).close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('two runs do not write one file', async () => {
    const path = join(folder, 'a.npy');
    const first = await opened(path);
    await expect(opened(path)).rejects.toMatchObject({ code: 'TUWEN_LOCKED', value: { pid: process.pid } });
    await first.close();
  });

  test('a folder that is not there is said at once', async () => {
    const path = journalFolder(join(folder, 'none/a.npy'));
    await expect(openJournal(path)).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNWRITABLE',
      value: { path, reason: 'ENOENT' },
    });
  });

  test('the format follows the ending', () => {
    expect(['a.NPY', 'a.jsonl', 'b.safetensors', 'a.csv', 'npy'].map(formatOf)).toEqual([
      '.npy',
      '.jsonl',
      '.safetensors',
      undefined,
      undefined,
    ]);
  });
});
