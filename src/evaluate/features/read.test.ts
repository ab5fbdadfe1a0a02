import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { readFeatures } from './read.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-read-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'features.jsonl');
  await writeFile(path, content);
  return path;
}

const line = (id: unknown, feature = '[1, 0]') => `{"image_id": ${id}, "feature": ${feature}}`;

test('an official file: ids and numbers as they are', async () => {
  const table = await readFeatures(fixture('evaluation/retrieval/test_imgs.img_feat.jsonl'), 'image');
  expect(table.rows).toMatchObject({ count: 40, dim: 16 });
  expect(table.ids).toContain(9007199254740991);
  expect(table.places.get(table.ids[7]!)).toBe(7);
});

test('ids beyond what numbers hold, names of files, Windows line ends', async () => {
  const path = await fileOf(
    `${line('9007199254740993')}\r\n${line('9007199254740992')}\r\n{"image": "照片/a.jpg", "feature": [0, 1]}\r\n`,
  );
  const { ids } = await readFeatures(path, 'image');
  expect(ids).toEqual([9007199254740993n, 9007199254740992n, '照片/a.jpg']);
});

describe('what is wrong is named with its line', () => {
  test.each<[string, string | Uint8Array, object]>([
    ['nothing', '', { fault: 'no-lines' }],
    ['a byte order mark', `\ufeff${line(1)}`, { fault: 'byte-order-mark', line: 1 }],
    ['a blank line', `${line(1)}\n\n${line(2)}`, { fault: 'blank-line', line: 2 }],
    ['a blank last line', `${line(1)}\n \n`, { fault: 'blank-line', line: 2 }],
    ['no JSON', `${line(1)}\n${line(2).slice(0, -1)}`, { fault: 'not-json', line: 2 }],
    ['no object', '[1, 2]', { fault: 'no-id', line: 1 }],
    ['an id that is no whole number', line(1.5), { fault: 'no-id', line: 1 }],
    ['an id of another kind', '{"text_id": 1, "feature": [1]}', { fault: 'no-id', line: 1 }],
    ['an id twice', `${line(1)}\n${line(2)}\n${line('1')}`, { fault: 'duplicate-id', line: 3, got: 1 }],
    ['no feature', '{"image_id": 1}', { fault: 'no-feature', line: 1 }],
    ['a feature that holds a text', line(1, '[1, "2"]'), { fault: 'no-feature', line: 1 }],
    ['an empty feature', line(1, '[]'), { fault: 'no-feature', line: 1 }],
    ['a number beyond float32', line(1, '[1e39]'), { fault: 'not-finite', line: 1 }],
    ['another length', `${line(1)}\n${line(2, '[1]')}`, { fault: 'wrong-length', line: 2, got: 1 }],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x0a), { fault: 'not-utf8', line: 1 }],
  ])('%s', async (_, content, value) => {
    const path = await fileOf(content);
    await expect(readFeatures(path, 'image')).rejects.toMatchObject({
      code: 'TUWEN_EVALUATION_FILE_INVALID',
      value: { path, ...value },
    });
  });

  test('a file that is not there', async () => {
    await expect(readFeatures(join(folder, 'none'), 'text')).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
    });
  });
});
