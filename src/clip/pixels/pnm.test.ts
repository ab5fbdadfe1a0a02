import { expect, test } from 'vitest';
import { decodeImage } from './decode.ts';

const file = (header: string, ...pixels: number[]) =>
  Uint8Array.of(...Buffer.from(header, 'latin1'), ...pixels);

test('a pixmap, a greymap with comments, and numbers below 255 stretched as Pillow does', async () => {
  expect(await decodeImage(file('P6\n1 2\n255\n', 1, 2, 3, 10, 35, 80))).toEqual({
    data: Uint8Array.of(1, 2, 3, 10, 35, 80),
    width: 1,
    height: 2,
    mode: 'RGB',
  });
  const grey = await decodeImage(file('P5 # made by hand\n3 # wide\n1\t15\n', 0, 7, 15));
  expect(grey).toMatchObject({ width: 3, height: 1, mode: 'L' });
  expect([...grey.data]).toEqual([0, 119, 255]);
});

test.each([
  ['cut off', file('P6 2 2 255 ', 1, 2, 3)],
  ['no header', file('P6 two 2 255 ')],
  ['16 bits', file('P5 1 1 65535 ', 1, 1)],
  ['no size', file('P5 0 1 255 ')],
])('%s: unreadable', async (_, bytes) => {
  await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'TUWEN_IMAGE_UNREADABLE' });
});

test('a size that lies is refused before anything is allocated', async () => {
  await expect(decodeImage(file('P6 999999999 999999999 255 '))).rejects.toMatchObject({
    code: 'TUWEN_IMAGE_TOO_LARGE',
  });
});
