import sharp, { type Metadata, type Sharp } from 'sharp';
import { TuwenError } from '../../base/index.ts';
import { decodeBmp } from './bmp.ts';
import { readBmpHeader } from './bmp-header.ts';
import { formatOf, type ImageFormat, isPaletteTiff, readGifPaint, readPngHeader } from './header.ts';
import { decodeHeic } from './heic.ts';
import { oriented } from './orient.ts';
import { decodePnm, readPnmHeader } from './pnm.ts';
import type { PixelMode, Pixels } from './types.ts';

export interface DecodeBytesOptions {
  /** Turn the picture upright by its EXIF orientation; false unless told, as cn_clip reads data sets. */
  orient?: boolean;
  /** The largest picture, in pixels; 178,956,970 unless told, where Pillow warns of a decompression bomb. */
  maxPixels?: number;
}

const MAX_PIXELS = 178_956_970;

/**
 * Decodes the bytes of a picture file; `source` names it in errors.
 *
 * @throws TUWEN_IMAGE_TOO_LARGE before anything of that size is allocated; Error with the reason where the bytes are
 *   no picture, or cut off.
 */
export async function decodeBytes(
  bytes: Uint8Array,
  source: string,
  options: DecodeBytesOptions,
): Promise<Pixels> {
  const format = formatOf(bytes);
  if (format === undefined) throw new Error('its bytes are not those of a picture');
  const limit = options.maxPixels ?? MAX_PIXELS;
  const checkSize = (width: number, height: number) => {
    const size = width * height;
    if (size > limit) throw new TuwenError('TUWEN_IMAGE_TOO_LARGE', { source, unit: 'pixel', size, limit });
  };
  if (format === 'heic') return decodeHeic(bytes, checkSize);
  if (format === 'bmp') {
    const header = readBmpHeader(bytes);
    checkSize(header.width, header.height);
    return decodeBmp(bytes, header);
  }
  if (format === 'pnm') {
    const header = readPnmHeader(bytes);
    checkSize(header.width, header.height);
    return decodePnm(bytes, header);
  }
  const settings = { failOn: 'error', ignoreIcc: true, limitInputPixels: false } as const;
  const info = await sharp(bytes, settings).metadata();
  checkSize(info.width, info.height);
  const picture = sharp(bytes, settings);
  const pixels = await (format === 'gif'
    ? decodeGif(picture, bytes)
    : decodeAs(modeOf(format, bytes, info), picture));
  return options.orient || format === 'tiff' ? oriented(pixels, info.orientation) : pixels;
}

/** The mode Pillow opens a picture in; grey with alpha is taken as RGB with alpha, which comes to the same. */
function modeOf(format: ImageFormat, bytes: Uint8Array, info: Metadata): PixelMode {
  const png = format === 'png' ? readPngHeader(bytes) : undefined;
  const isGrey = info.space === 'b-w' || info.space === 'grey16';
  // Transparency that a PNG states beside its pixels, as one colour, is not an alpha channel.
  const hasAlpha = info.hasAlpha && (png === undefined || png.colourType >= 4);
  const bits = png?.bitDepth ?? info.bitsPerSample;
  const isPalette = format === 'tiff' ? isPaletteTiff(bytes) : info.isPalette;
  if (isPalette || (isGrey && bits === 1)) return 'P';
  if (info.space === 'cmyk') return 'CMYK';
  if (isGrey && !hasAlpha && info.depth === 'ushort') return 'I;16';
  if (isGrey && !hasAlpha && info.depth === 'float') return 'F';
  if (hasAlpha) return 'RGBA';
  return isGrey ? 'L' : 'RGB';
}

async function decodeAs(mode: PixelMode, picture: Sharp): Promise<Pixels> {
  if (mode !== 'RGBA') picture.removeAlpha();
  const { data, info } = await withColours(mode, picture).toBuffer({ resolveWithObject: true });
  return { data: numbers(mode, data), width: info.width, height: info.height, mode };
}

/** Asks for the pixels in the mode's own colours and depth. */
function withColours(mode: PixelMode, picture: Sharp): Sharp {
  switch (mode) {
    case 'CMYK':
      return picture.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
    case 'I;16':
      return picture.toColourspace('grey16').raw({ depth: 'ushort' });
    case 'F':
      return picture.toColourspace('b-w').raw({ depth: 'float' });
    case 'L':
      return picture.toColourspace('b-w').raw();
    default:
      return picture.toColourspace('srgb').raw();
  }
}

function numbers(mode: PixelMode, data: Buffer): Pixels['data'] {
  // Copied, because wider numbers must begin at a multiple of their width.
  if (mode === 'I;16') return new Uint16Array(Uint8Array.from(data).buffer);
  if (mode === 'F') return new Float32Array(Uint8Array.from(data).buffer);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The first frame, with the colours Pillow keeps and the decoder loses: of transparent pixels and around the frame. */
async function decodeGif(picture: Sharp, bytes: Uint8Array): Promise<Pixels> {
  const paint = readGifPaint(bytes);
  if (paint === undefined) throw new Error('the GIF has no frame');
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { left, top, width, height } = paint.frame;
  const out = new Uint8Array(info.width * info.height * 3);
  for (let y = 0, at = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++, at += 3) {
      const from = (y * info.width + x) * 4;
      const isInside = x >= left && x < left + width && y >= top && y < top + height;
      const isPainted = isInside && data[from + 3] !== 0;
      out.set(isPainted ? data.subarray(from, from + 3) : paint.blank, at);
    }
  }
  return { data: out, width: info.width, height: info.height, mode: paint.isGreyRamp ? 'RGB' : 'P' };
}
