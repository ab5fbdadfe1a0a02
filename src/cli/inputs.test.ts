import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPictures, type Picture } from './inputs.ts';
import { lines, listOf } from './lines.ts';
import { findTexts } from './text-inputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-inputs-'));
  await mkdir(join(folder, '照片/内层/.hidden'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  const files = ['10.jpg', '9.JPG', '1.webp', 'notes.txt', '.secret.png', '[a]*.png', '内层/2.avif'];
  for (const file of [...files, '内层/.hidden/3.png']) await writeFile(join(folder, '照片', file), '');
});
afterAll(() => rm(folder, { recursive: true }));

const at = (path: string) => join(folder, path);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const namesOf = async (...args: string[]) =>
  (await collect<Picture>(await findPictures(args))).map(({ name }) =>
    String(name).replace(`${folder}/`, ''),
  );

describe('pictures', () => {
  const whole = ['照片/[a]*.png', '照片/1.webp', '照片/9.JPG', '照片/10.jpg', '照片/内层/2.avif'];

  test('of a folder: all below it in natural order, nothing hidden, nothing else', async () => {
    expect(await namesOf(at('照片'))).toEqual(whole);
    expect(await namesOf(at('照片/'))).toEqual(whole);
    expect((await findPictures([at('照片'), at('照片/1.webp')])).total).toBe(6);
  });

  test('of globs', async () => {
    expect(await namesOf(at('照片/*.{jpg,JPG}'))).toEqual(['照片/9.JPG', '照片/10.jpg']);
    expect(await namesOf(at('**/*.avif'))).toEqual(['照片/内层/2.avif']);
    expect(await namesOf(at('照片/*'))).toEqual(whole.slice(0, 4));
  });

  test('keep the order of the arguments, and are taken as often as they are named', async () => {
    const [a, b] = [at('照片/9.JPG'), at('照片/10.jpg')];
    expect(await namesOf(b, a, b)).toEqual(['照片/10.jpg', '照片/9.JPG', '照片/10.jpg']);
  });

  test('that exist are never patterns; patterns without a match stay what they are', async () => {
    expect(await namesOf(at('照片/[a]*.png'))).toEqual(['照片/[a]*.png']);
    expect(await namesOf(at('none/*.png'), at('none.png'))).toEqual(['none/*.png', 'none.png']);
  });

  test('may be addresses', async () => {
    expect(await namesOf('https://example.org/a.jpg?b=*')).toEqual(['https://example.org/a.jpg?b=*']);
  });

  test('are missed in a folder that has none', async () => {
    await expect(findPictures([at('empty')])).rejects.toMatchObject({
      code: 'TUWEN_NO_IMAGES',
      value: { path: at('empty') },
    });
  });

  test('of a .tsv have ids, and base64 of either alphabet', async () => {
    await writeFile(at('a.tsv'), '12345678901234567890\t+/8=\n\n007\t-_8\r\nx1\tAAAA\n');
    const pictures = await findPictures([at('a.tsv')]);
    expect(pictures.total).toBeUndefined();
    const list = await collect<Picture>(pictures);
    expect(list.map(({ name }) => name)).toEqual([12345678901234567890n, 7n, 'x1']);
    expect(list.slice(0, 2).map(({ input }) => [...(input as Uint8Array)])).toEqual([
      [251, 255],
      [251, 255],
    ]);
    expect(list.every(({ official }) => official)).toBe(true);
  });

  test('of a .tsv without tabs are refused with the line', async () => {
    await writeFile(at('b.tsv'), '1\tAAAA\nno tab\n');
    await expect(namesOf(at('b.tsv'))).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNREADABLE',
      value: { reason: expect.stringContaining('2') },
    });
  });
});

describe('lines', () => {
  const linesOf = async (content: string | Uint8Array) => {
    await writeFile(at('lines.txt'), content);
    return collect(lines(at('lines.txt')));
  };

  test('end with \\n or \\r\\n only, and blank ones are passed over', async () => {
    expect(await linesOf('\ufeff一\r\n\n \n二\u2028三\n四')).toEqual([
      { text: '一', number: 1 },
      { text: '二\u2028三', number: 4 },
      { text: '四', number: 5 },
    ]);
    expect(await linesOf('')).toEqual([]);
  });

  test('may be longer than what is read at once', async () => {
    const long = '图'.repeat(300_000);
    expect((await linesOf(`${long}\n${long}a\n`)).map(({ text }) => text)).toEqual([long, `${long}a`]);
  });

  test('are UTF-8, or an error', async () => {
    const wrong = { code: 'TUWEN_FILE_UNREADABLE', value: { path: at('lines.txt') } };
    await expect(linesOf(Uint8Array.of(0xc3, 0xa8, 0xc4, 0xe3))).rejects.toMatchObject(wrong);
    await expect(linesOf(Uint8Array.of(0x61, 0xe5))).rejects.toMatchObject(wrong);
    await expect(collect(lines(at('none.txt')))).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING' });
  });

  test('of a list are trimmed, and there is at least one', async () => {
    await writeFile(at('labels.txt'), ' 猫 \n\n狗\n');
    expect(await listOf(at('labels.txt'))).toEqual(['猫', '狗']);
    await writeFile(at('labels.txt'), '\n \n');
    await expect(listOf(at('labels.txt'))).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
  });
});

describe('texts', () => {
  const textsOf = async (name: string, content: string) => {
    await writeFile(at(name), content);
    return collect(findTexts(at(name)));
  };

  test('of a plain file are its lines', async () => {
    expect(await textsOf('t.txt', '“A猫”\n狗\n')).toEqual([
      { input: '“A猫”', name: '“A猫”', official: false },
      { input: '狗', name: '狗', official: false },
    ]);
  });

  test('of annotations have ids, and are read as in the official evaluation', async () => {
    const content = '{"text_id": 8428, "text": "“A猫”", "image_ids": [1, 2]}\n{"text_id": "x", "text": 5}\n';
    expect(await textsOf('t.jsonl', content)).toEqual([
      { input: '"a猫"', name: 8428, official: true },
      { input: '5', name: 'x', official: true },
    ]);
  });

  test.each(['{"text": "猫"}', '{"text_id": 1}', '[1]', 'not JSON'])('%s is no annotation', async (line) => {
    await expect(textsOf('t.jsonl', `${line}\n`)).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
  });
});
