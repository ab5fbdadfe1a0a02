import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { largestDifference } from '../../../test/support/numbers.ts';
import { decodeImage, decodeImages, type ImageInput, loadImage } from './index.ts';

const folder = fileURLToPath(new URL('../../../test/fixtures/pixels/sources/', import.meta.url));
const path = `${folder}png-rgb8.png`;
const bytes = readFileSync(path);
const failure = (code: string, value: object = {}) =>
  expect.objectContaining({ name: 'TuwenError', code, value: expect.objectContaining(value) });

describe('what a picture may be', () => {
  test.each<[string, ImageInput]>([
    ['a path', path],
    ['a file URL', pathToFileURL(path)],
    ['a file URL as text', pathToFileURL(path).href],
    ['a Buffer', bytes],
    ['a Uint8Array inside a larger one', new Uint8Array([9, ...bytes, 9]).subarray(1, bytes.length + 1)],
    ['an ArrayBuffer', new Uint8Array(bytes).buffer],
    ['a Blob', new Blob([new Uint8Array(bytes)])],
    ['a File', new File([new Uint8Array(bytes)], 'a.png')],
    ['a data URL', `data:image/png;base64,${bytes.toString('base64')}`],
  ])('%s', async (_, input) => {
    expect(await decodeImage(input)).toEqual(await decodeImage(path));
  });

  test('raw pixels of 1 to 4 channels', async () => {
    const greys = { data: Uint8Array.of(5, 250), width: 1, height: 2, channels: 1 } as const;
    expect(await decodeImage(greys)).toEqual({ data: greys.data, width: 1, height: 2, mode: 'L' });
    const rgba = { data: new Uint8ClampedArray([1, 2, 3, 0]), width: 1, height: 1, channels: 4 } as const;
    expect((await decodeImage(rgba)).mode).toBe('RGBA');
    expect(await loadImage(rgba)).toEqual({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 });
    const loaded = await loadImage(path);
    expect(await loadImage(loaded)).toEqual(loaded);
  });
});

describe('what is no picture', () => {
  const raw = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
  test.each<[string, unknown, string, RegExp]>([
    ['too few raw bytes', { ...raw, data: new Uint8Array(11) }, 'TUWEN_IMAGE_INPUT', /11 bytes/],
    ['raw floats', { ...raw, data: new Float32Array(12) }, 'TUWEN_IMAGE_INPUT', /not bytes/],
    ['five raw channels', { ...raw, channels: 5 }, 'TUWEN_IMAGE_INPUT', /channels is 5/],
    ['a raw width of 1.5', { ...raw, width: 1.5 }, 'TUWEN_IMAGE_INPUT', /1\.5/],
    ['a number', 7, 'TUWEN_IMAGE_INPUT', /number/],
    ['null', null, 'TUWEN_IMAGE_INPUT', /null/],
    ['a list', [path], 'TUWEN_IMAGE_INPUT', /array/],
    ['text', new TextEncoder().encode('<html>'), 'TUWEN_IMAGE_UNREADABLE', /not those of a picture/],
    [
      'an SVG',
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'TUWEN_IMAGE_UNREADABLE',
      /not those/,
    ],
    ['nothing', new Uint8Array(), 'TUWEN_IMAGE_UNREADABLE', /not those of a picture/],
    [
      'HEIC',
      new TextEncoder().encode('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
      'TUWEN_IMAGE_UNREADABLE',
      /HEIC/,
    ],
    ['half a PNG', bytes.subarray(0, bytes.length / 2), 'TUWEN_IMAGE_UNREADABLE', /png/],
    ['a bad BMP', new TextEncoder().encode('BM'), 'TUWEN_IMAGE_UNREADABLE', /BMP/],
    ['a folder', folder, 'TUWEN_IMAGE_UNREADABLE', /not a file/],
  ])('%s', async (_, input, code, reason) => {
    await expect(decodeImage(input as ImageInput)).rejects.toThrow(
      failure(code, { reason: expect.stringMatching(reason) }),
    );
  });

  test('a missing file, by its path', async () => {
    await expect(decodeImage('没有.jpg')).rejects.toThrow(
      failure('TUWEN_IMAGE_MISSING', { source: '没有.jpg' }),
    );
  });

  test.each(['jpeg-truncated.jpg', 'png-truncated.png'])('%s, by its path', async (file) => {
    const source = folder + file;
    await expect(decodeImage(source)).rejects.toThrow(failure('TUWEN_IMAGE_UNREADABLE', { source }));
  });

  test('more pixels or bytes than allowed, before they are decoded', async () => {
    for (const file of [path, `${folder}bmp-rgb24.bmp`]) {
      const tooLarge = failure('TUWEN_IMAGE_TOO_LARGE', { source: file, unit: 'pixel', limit: 2000 });
      await expect(decodeImage(file, { maxPixels: 2000 })).rejects.toThrow(tooLarge);
    }
    const bomb = Buffer.from(bytes);
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    await expect(decodeImage(bomb)).rejects.toThrow(
      failure('TUWEN_IMAGE_TOO_LARGE', { size: 10_000_000_000 }),
    );
    const limit = { maxBytes: 100 };
    const tooLong = failure('TUWEN_IMAGE_TOO_LARGE', { unit: 'byte', size: bytes.length, limit: 100 });
    for (const input of [path, bytes, new Blob([new Uint8Array(bytes)])]) {
      await expect(decodeImage(input, limit)).rejects.toThrow(tooLong);
    }
  });

  test('after cancelling', async () => {
    const signal = AbortSignal.abort();
    await expect(decodeImage(path, { signal })).rejects.toThrow(
      failure('TUWEN_CANCELLED', { job: 'reading', source: path }),
    );
  });
});

describe('a list', () => {
  test('keeps its order and says which picture failed', async () => {
    const seen: number[] = [];
    const decode = async () => {
      for await (const image of decodeImages([`${folder}size-3x3.png`, path, '没有.jpg', path]))
        seen.push(image.width);
    };
    await expect(decode()).rejects.toThrow(failure('TUWEN_IMAGE_MISSING', { source: '没有.jpg', index: 2 }));
    expect(seen).toEqual([3, 150]);
  });

  test('may be endless: few pictures are decoded ahead', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        asked++;
        yield path;
      }
    }
    const images = decodeImages(endless(), { ahead: 2 });
    for (let i = 0; i < 5; i++)
      expect((await images.next()).value).toMatchObject({ width: 150, height: 100 });
    await images.return();
    expect(asked).toBeLessThanOrEqual(8);
  });
});

describe('over HTTP', () => {
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/a.png') response.end(bytes);
      else if (request.url === '/endless') endless(response);
      else if (request.url === '/silent') response.flushHeaders();
      else response.writeHead(404).end('none');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function endless(response: import('node:http').ServerResponse): void {
    const write = () => {
      if (!response.destroyed) response.write(Buffer.alloc(1000), () => setImmediate(write));
    };
    write();
  }

  test('a picture is downloaded, by text or URL', async () => {
    expect(await decodeImage(`${base}/a.png`)).toEqual(await decodeImage(path));
    expect(await decodeImage(new URL(`${base}/a.png`))).toEqual(await decodeImage(path));
  });

  test('what is not there, is too long, or takes too long', async () => {
    const source = `${base}/none`;
    await expect(decodeImage(source)).rejects.toThrow(
      failure('TUWEN_IMAGE_NOT_FETCHED', { source, reason: 'HTTP 404 Not Found' }),
    );
    await expect(decodeImage(`${base}/endless`, { maxBytes: 5000 })).rejects.toThrow(
      failure('TUWEN_IMAGE_TOO_LARGE'),
    );
    await expect(decodeImage(`${base}/silent`, { timeout: 50 })).rejects.toThrow(
      failure('TUWEN_IMAGE_NOT_FETCHED', { reason: 'no picture within 0.05 s' }),
    );
    await expect(decodeImage('http://127.0.0.1:1/a.png')).rejects.toThrow(failure('TUWEN_IMAGE_NOT_FETCHED'));
  });

  test('a download is cancelled', async () => {
    const source = `${base}/silent`;
    const cancel = new AbortController();
    const decoding = decodeImage(source, { signal: cancel.signal });
    cancel.abort();
    await expect(decoding).rejects.toThrow(failure('TUWEN_CANCELLED', { job: 'reading', source }));
  });

  test('through a fetch of one’s own', async () => {
    const refuse: typeof fetch = async () => {
      throw new Error('private address');
    };
    await expect(decodeImage(`${base}/a.png`, { fetch: refuse })).rejects.toThrow(
      failure('TUWEN_IMAGE_NOT_FETCHED', { reason: 'private address' }),
    );
  });
});

describe('HEIC', () => {
  const path = fixture('heic/phone.heic');

  test('is decoded upright, to about the pixels that libheif gives Pillow', async () => {
    const picture = await decodeImage(path);
    expect(picture).toMatchObject({ width: 64, height: 96, mode: 'RGB' });
    // Between pixels colours are interpolated by another rule there.
    expect(largestDifference(picture.data, readFileSync(fixture('heic/phone.rgb')))).toBeLessThanOrEqual(8);
  });

  test('is refused where it is cut off or too large, and nothing is printed', async () => {
    const whole = readFileSync(path);
    const printed = vi.spyOn(console, 'log');
    for (const length of [30, 200, 900, 1500])
      await expect(decodeImage(whole.subarray(0, length))).rejects.toThrow(
        failure('TUWEN_IMAGE_UNREADABLE', { reason: expect.stringContaining('HEIC') }),
      );
    await expect(decodeImage(path, { maxPixels: 6143 })).rejects.toThrow(
      failure('TUWEN_IMAGE_TOO_LARGE', { unit: 'pixel', size: 6144, limit: 6143 }),
    );
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });
});
