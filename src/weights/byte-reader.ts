import type { Fail } from './torch-error.ts';

/** Reads little-endian values one after another; never beyond the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly fail: Fail;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array, fail: Fail) {
    this.bytes = bytes;
    this.fail = fail;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.at;
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  uint8(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** A whole number of eight bytes; beyond 2^53 infinity, which no file holds. */
  uint64(): number {
    const value = Number(this.view.getBigUint64(this.advance(8), true));
    return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
  }

  /** A big-endian float64, as pickles have them. */
  float64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** The bytes up to the next line feed, which is skipped. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.fail('pickle-truncated');
    const bytes = this.take(end - this.at);
    this.at += 1;
    return bytes;
  }

  private advance(length: number): number {
    const start = this.at;
    if (length > this.bytes.byteLength - start) throw this.fail('pickle-truncated');
    this.at += length;
    return start;
  }
}
