/**
 * How a picture's base64 was written where that is not the usual way: forms that store bytes keep it beside them, so
 * that a TSV comes back byte for byte.
 */
import { encodeBase64 } from '../official/base64.ts';
import type { Picture } from '../types.ts';

const URL_ALPHABET = 'url';

/** Undefined for plain base64; `url` for the alphabet of addresses; otherwise the text itself. */
export async function spellingOf(picture: Picture, bytes: Uint8Array): Promise<string | undefined> {
  const text = await picture.base64();
  const plain = encodeBase64(bytes);
  if (plain.equals(text)) return undefined;
  return inUrlAlphabet(plain).equals(text) ? URL_ALPHABET : Buffer.from(text).toString('latin1');
}

/** A picture's base64 as it was. */
export function spelled(bytes: Uint8Array, spelling: unknown): Buffer {
  if (typeof spelling !== 'string') return encodeBase64(bytes);
  return spelling === URL_ALPHABET ? inUrlAlphabet(encodeBase64(bytes)) : Buffer.from(spelling, 'latin1');
}

function inUrlAlphabet(base64: Buffer): Buffer {
  return Buffer.from(base64.toString('latin1').replaceAll('+', '-').replaceAll('/', '_'), 'latin1');
}
