import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clip, loadClip } from './index.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../test/fixtures/${path}`, import.meta.url));
const SOURCES = fixture('pixels/sources');

describe.each(['tiny-hf', 'tiny-rn'])('of %s', (model) => {
  let clip: Clip;
  beforeAll(async () => {
    clip = await loadClip(fixture(model), { threads: 1 });
  });
  afterAll(() => clip.close());

  test('a prepared picture has the vector of the picture itself', async () => {
    const names = readdirSync(SOURCES).filter(
      (name) => /^(jpeg|png|gif|webp|bmp|size)-/.test(name) && !name.includes('truncated'),
    );
    expect(names.length).toBeGreaterThan(10);
    const paths = names.map((name) => `${SOURCES}/${name}`);
    const prepared = await Promise.all(paths.map((path) => clip.prepareImage(path)));
    const { imageSize } = clip.info;
    for (const { data, width, height } of prepared) {
      expect([width, height, data.length]).toEqual([imageSize, imageSize, 3 * imageSize ** 2]);
    }
    const [direct, again] = [await clip.embedImages(paths), await clip.embedImages(prepared)];
    expect(again.data).toEqual(direct.data);
  });

  test('a picture beyond the limit is refused before it is decoded', async () => {
    await expect(
      clip.prepareImage(`${SOURCES}/jpeg-640x480.jpg`, { maxPixels: 640 * 480 - 1 }),
    ).rejects.toMatchObject({ code: 'TUWEN_IMAGE_TOO_LARGE', value: { unit: 'pixel', size: 640 * 480 } });
  });

  test('tokens are counted before any is cut off', () => {
    expect(clip.countTokens('')).toBe(2);
    expect(clip.countTokens('一只猫')).toBe(5);
    expect(clip.countTokens('猫'.repeat(1000))).toBe(1002);
  });
});
