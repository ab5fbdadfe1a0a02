import { inChinese } from './phrases.ts';
import { type ImageValue, image, row } from './row.ts';

/** Images: `source` names the picture, `index` its place where a list was given. */
export const IMAGES = {
  TUWEN_IMAGE_MISSING: row<ImageValue>(
    [(v) => `${image(v)}: no such file`, () => 'Check the path.'],
    [(v) => `${image(v)}：文件不存在`, () => '请检查路径。'],
  ),
  TUWEN_IMAGE_UNREADABLE: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: cannot read this picture: ${v.reason}`,
      () =>
        'Pass a whole JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC or BMP picture, or convert it to one of these.',
    ],
    [
      (v) => `${image(v)}：无法读取图片：${inChinese(v.reason)}`,
      () => '请使用完整的 JPEG、PNG、WebP、GIF、TIFF、AVIF、HEIC 或 BMP 图片，或先转换为其中一种格式。',
    ],
  ),
  TUWEN_IMAGE_TOO_LARGE: row<ImageValue & { unit: 'pixel' | 'byte'; size: number; limit: number }>(
    [
      (v) => `${image(v)}: ${v.size} ${v.unit}s, the limit is ${v.limit}`,
      (v) =>
        `Make the picture smaller, or raise the limit (${v.unit === 'pixel' ? 'maxPixels' : 'maxBytes'} of loadImage).`,
    ],
    [
      (v) => `${image(v)}：共 ${v.size} ${v.unit === 'pixel' ? '像素' : '字节'}，上限为 ${v.limit}`,
      (v) => `请缩小图片，或调高上限（loadImage 的 ${v.unit === 'pixel' ? 'maxPixels' : 'maxBytes'}）。`,
    ],
  ),
  TUWEN_IMAGE_NOT_FETCHED: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: download failed: ${v.reason}`,
      () => 'Check the address and the network, then retry.',
    ],
    [(v) => `${image(v)}：下载失败：${v.reason}`, () => '请检查网址与网络后重试。'],
  ),
  TUWEN_IMAGE_INPUT: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: not a picture: ${v.reason}`,
      () => 'Pass a path, a URL, the bytes of a picture file, or { data, width, height, channels }.',
    ],
    [
      (v) => `${image(v)}：不是图片输入：${inChinese(v.reason)}`,
      () => '请传入路径、URL、图片文件的字节，或 { data, width, height, channels }。',
    ],
  ),
  TUWEN_NO_IMAGES: row<{ path: string }>(
    [
      (v) => `no pictures in ${v.path}`,
      () =>
        'Name a folder with JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC or BMP pictures, or the pictures themselves.',
    ],
    [
      (v) => `${v.path} 里没有图片`,
      () => '请指定含有 JPEG、PNG、WebP、GIF、TIFF、AVIF、HEIC 或 BMP 图片的文件夹，或直接指定图片。',
    ],
  ),
} as const;
