/** The part of protobuf's wire format that ONNX files need (protobuf encoding guide: varints and length-delimited fields). */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Bytes that are made when they are written, of a length known before. */
export interface LazyBytes {
  readonly length: number;
  bytes(): Uint8Array;
}

/** Collects the fields of one message. Numbers are non-negative or two's complement 64-bit integers. */
export class Message {
  readonly #chunks: (Uint8Array | LazyBytes)[] = [];
  #length = 0;

  integer(field: number, value: number | bigint): this {
    return this.#push(varint(tag(field, VARINT))).#push(varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint(tag(field, FIXED32))).#push(bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array | LazyBytes): this {
    return this.#push(varint(tag(field, LENGTH_DELIMITED)))
      .#push(varint(value.length))
      .#push(value);
  }

  message(field: number, value: Message): this {
    this.#push(varint(tag(field, LENGTH_DELIMITED))).#push(varint(value.#length));
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }

  /** How many bytes the message has. */
  get length(): number {
    return this.#length;
  }

  encode(): Uint8Array {
    return joined(this.#chunks);
  }

  /** The message piece by piece; what is made lazily is made when its turn comes, and not kept. */
  *parts(): Generator<Uint8Array, void, undefined> {
    let small: Uint8Array[] = [];
    for (const chunk of this.#chunks) {
      if (chunk instanceof Uint8Array) {
        small.push(chunk);
        continue;
      }
      yield joined(small);
      small = [];
      yield chunk.bytes();
    }
    yield joined(small);
  }

  #push(chunk: Uint8Array | LazyBytes): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function joined(chunks: readonly (Uint8Array | LazyBytes)[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk instanceof Uint8Array ? chunk : chunk.bytes(), offset);
    offset += chunk.length;
  }
  return result;
}

const tag = (field: number, wireType: number) => (field << 3) | wireType;

/** Seven bits a byte, lowest first, the top bit set where more follow. */
export function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
