import type { Pair } from '../types.ts';

const STOP = 0x2e;
/** The bytes of `pickle.dumps((image_id, text_id, text))`, protocol 4, as the official script writes them. */
export function writePair({ imageId, textId, text: caption }: Pair): Buffer {
  const parts = [imageId, textId, caption].map((value) =>
    typeof value === 'string' ? pickledText(value) : pickledWhole(BigInt(value)),
  );
  const body = Buffer.concat([...parts, Buffer.from([0x87, 0x94, STOP])]);
  const head = Buffer.alloc(11);
  head.set([0x80, 4, 0x95]);
  head.writeBigUInt64LE(BigInt(body.length), 3);
  return Buffer.concat([head, body]);
}

/** Strings are numbered as they come. */
const MEMOIZE = Buffer.from([0x94]);

function pickledText(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0x8c, bytes.length]), bytes, MEMOIZE]);
  const head = Buffer.alloc(5);
  head.write('X', 'latin1');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes, MEMOIZE]);
}

function pickledWhole(value: bigint): Buffer {
  if (value >= 0n && value < 256n) return Buffer.from([0x4b, Number(value)]);
  if (value >= 0n && value < 65536n) return Buffer.from([0x4d, Number(value) & 255, Number(value) >> 8]);
  if (BigInt.asIntN(32, value) === value) {
    const bytes = Buffer.alloc(5);
    bytes.write('J', 'latin1');
    bytes.writeInt32LE(Number(value), 1);
    return bytes;
  }
  return pickledLong(value);
}

/** In as few bytes of two's complement as hold it, the sign among them. */
function pickledLong(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  let sign = 0n;
  do {
    const byte = Number(rest & 255n);
    bytes.push(byte);
    rest >>= 8n;
    sign = byte >= 128 ? -1n : 0n;
  } while (rest !== sign);
  return Buffer.from([0x8a, bytes.length, ...bytes]);
}
