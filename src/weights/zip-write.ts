/** The parts of a zip archive of stored entries, zip64 where the sizes ask for it. */

/** An entry as the archive's directory lists it. */
export interface WrittenEntry {
  readonly name: string;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Where its own header begins. */
  readonly offset: number;
}

/** Contents begin at multiples of this, as PyTorch has them. */
const ALIGNMENT = 64;

/** From here on a number does not fit into its field: ones stand for it, and zip64's field holds it. */
const FULL_32 = 0xffffffff;
const FULL_16 = 0xffff;

const LOCAL_HEADER_BYTES = 30;
const ZIP64_FIELD = 1;
/** PyTorch's own field, for padding alone. */
const PADDING_FIELD = 0x4246;
const FIELD_HEADER_BYTES = 4;

/** The version that knows zip64, names in UTF-8, and the first day a zip can name. */
const VERSION = 45;
const UTF8 = 0x0800;
const FIRST_DAY = 0x0021;

/** What stands before an entry's content: its header, padded so that the content is aligned. */
export function localHeader({ name, crc, size, offset }: WrittenEntry): Uint8Array {
  const text = Buffer.from(name);
  const large = size >= FULL_32 ? zip64Field([size, size]) : Buffer.alloc(0);
  const unpadded = offset + LOCAL_HEADER_BYTES + text.length + large.length + FIELD_HEADER_BYTES;
  const padding = field(PADDING_FIELD, Buffer.alloc((ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT));
  const short = size >= FULL_32 ? FULL_32 : size;
  return Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    common(crc, short),
    numbers(16, text.length, large.length + padding.length),
    text,
    large,
    padding,
  ]);
}

/** What stands after all entries: the directory, which begins at `offset`, and the records of its end. */
export function directory(entries: readonly WrittenEntry[], offset: number): Uint8Array {
  const list = Buffer.concat(entries.map(listed));
  const large = entries.length >= FULL_16 || offset >= FULL_32 || list.length >= FULL_32;
  const [count, length, start] = large ? [FULL_16, FULL_32, FULL_32] : [entries.length, list.length, offset];
  return Buffer.concat([
    list,
    large ? end64(entries.length, list.length, offset) : Buffer.alloc(0),
    Buffer.from('PK\x05\x06', 'latin1'),
    numbers(16, 0, 0, count, count),
    numbers(32, length, start),
    numbers(16, 0),
  ]);
}

/** An entry in the directory. */
function listed({ name, crc, size, offset }: WrittenEntry): Buffer {
  const text = Buffer.from(name);
  const large = [...(size >= FULL_32 ? [size, size] : []), ...(offset >= FULL_32 ? [offset] : [])];
  const extra = large.length > 0 ? zip64Field(large) : Buffer.alloc(0);
  return Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    numbers(16, VERSION),
    common(crc, Math.min(size, FULL_32)),
    numbers(16, text.length, extra.length, 0, 0, 0),
    numbers(32, 0, Math.min(offset, FULL_32)),
    text,
    extra,
  ]);
}

/** What an entry's two headers share. */
function common(crc: number, size: number): Buffer {
  return Buffer.concat([numbers(16, VERSION, UTF8, 0, 0, FIRST_DAY), numbers(32, crc, size, size)]);
}

/** The larger record of the end, and the one that says where it is. */
function end64(count: number, length: number, offset: number): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x06\x06', 'latin1'),
    numbers(64, 44),
    numbers(16, VERSION, VERSION),
    numbers(32, 0, 0),
    numbers(64, count, count, length, offset),
    Buffer.from('PK\x06\x07', 'latin1'),
    numbers(32, 0),
    numbers(64, offset + length),
    numbers(32, 1),
  ]);
}

function zip64Field(values: readonly number[]): Buffer {
  return field(ZIP64_FIELD, numbers(64, ...values));
}

function field(id: number, content: Buffer): Buffer {
  return Buffer.concat([numbers(16, id, content.length), content]);
}

/** Little-endian numbers of so many bits. */
function numbers(bits: 16 | 32 | 64, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc((bits / 8) * values.length);
  values.forEach((value, i) => {
    if (bits === 64) bytes.writeBigUInt64LE(BigInt(value), i * 8);
    else bytes.writeUIntLE(value, (i * bits) / 8, bits / 8);
  });
  return bytes;
}
