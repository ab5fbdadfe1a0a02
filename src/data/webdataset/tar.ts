/** Tar archives: what they hold and where, every header checked; and headers for writing them. */
import { dataFault } from '../faults.ts';
import type { StoredFile } from '../files/stored-file.ts';

export const BLOCK = 512;
/** The longest name, in bytes, of one that does not fit in a header. */
const MAX_NAME = 2 ** 12;

/** A file in an archive. */
export interface Member {
  readonly name: string;
  /** Where its bytes begin. */
  readonly offset: number;
  readonly size: number;
}

/** The files of an archive in their order. Throws TUWEN_DATA_INVALID (bad-archive, outside-folder). */
export async function* tarMembers(file: StoredFile): AsyncGenerator<Member> {
  let longName: string | undefined;
  for (let at = 0; at < file.size; ) {
    const header = await file.read(at, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const { name, size, kind } = parsed(header, file, at);
    const offset = at + BLOCK;
    if (offset + size > file.size) throw bad(file, at, name);
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
    if (kind === 'L' || kind === 'x') {
      if (size > MAX_NAME) throw bad(file, offset, name);
      longName = nameIn(await file.read(offset, size), kind) ?? longName;
      continue;
    }
    const full = longName ?? name;
    longName = undefined;
    // Folders, links and what else a data set does not need.
    if (kind !== '0' && kind !== '\0') continue;
    yield { name: full, offset, size };
  }
}

function parsed(header: Buffer, file: StoredFile, at: number) {
  if (header.length < BLOCK || checksum(header) !== octal(header, 148, 8)) throw bad(file, at);
  const size = header[124]! & 0x80 ? large(header) : octal(header, 124, 12);
  if (size === undefined || !Number.isSafeInteger(size)) throw bad(file, at);
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return { name: prefix ? `${prefix}/${name}` : name, size, kind: String.fromCharCode(header[156]!) };
}

/** The sum of a header's bytes, its own field taken as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  for (const [i, byte] of header.entries()) if (i < 148 || i >= 156) sum += byte;
  return sum;
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number | undefined {
  const digits = text(header, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** A size of more than 8 GB, as GNU tar writes it. */
function large(header: Buffer): number {
  return Number(header.readBigUInt64BE(128));
}

/** The name that an extra entry gives to the next one. */
function nameIn(bytes: Buffer, kind: 'L' | 'x'): string | undefined {
  if (kind === 'L') return text(bytes, 0, bytes.length);
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes.toString('utf8'))?.[1];
}

function bad(file: StoredFile, at: number, name?: string) {
  return dataFault(file.path, 'bad-archive', { about: name === undefined ? `byte ${at}` : name });
}

/** The header of a file; its name must be of at most 100 ASCII characters. */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
