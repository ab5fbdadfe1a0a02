/** Base64 as the official scripts read it, by Python's `urlsafe_b64decode`. */

const PAD = 61;
const PLAIN = /^[\w+/-]*={0,2}$/;

/**
 * The bytes of base64 in either alphabet. Other ASCII characters are ignored, and what follows whole padding; undefined
 * where Python refuses it: padding missing, a digit too many, or not ASCII.
 */
export function decodeBase64(text: Buffer): Buffer | undefined {
  const plain = text.toString('latin1');
  if (plain.length % 4 === 0 && PLAIN.test(plain)) return Buffer.from(plain, 'base64');
  const digits = Buffer.allocUnsafe(text.length);
  let count = 0;
  let pads = 0;
  for (const byte of text) {
    if (byte > 127) return undefined;
    if (byte === PAD) {
      pads += 1;
      if (count % 4 >= 2 && (count % 4) + pads >= 4) return decoded(digits, count);
    } else if (isDigit(byte)) {
      digits[count++] = byte;
      pads = 0;
    }
  }
  return count % 4 === 0 ? decoded(digits, count) : undefined;
}

function decoded(digits: Buffer, count: number): Buffer {
  return Buffer.from(digits.toString('latin1', 0, count), 'base64');
}

function isDigit(byte: number): boolean {
  return /[\w+/-]/.test(String.fromCharCode(byte));
}

/** Standard base64, as ASCII bytes. */
export function encodeBase64(bytes: Uint8Array): Buffer {
  return Buffer.from(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    'latin1',
  );
}
