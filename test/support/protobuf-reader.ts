/** Reads protobuf's wire format back, without knowing the messages. */

/** The values of each field of a message, in order: integers, floats (fixed 32 bits) or bytes. */
export type Fields = ReadonlyMap<number, readonly (bigint | number | Uint8Array)[]>;

/** The fields of one message. Throws where the bytes are none. */
export function readFields(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (bigint | number | Uint8Array)[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const readValue = (wireType: number) => {
    if (wireType === 0) return BigInt.asIntN(64, varint());
    if (wireType === 5) {
      at += 4;
      return view.getFloat32(at - 4, true);
    }
    if (wireType !== 2) throw new Error(`wire type ${wireType}`);
    const length = Number(varint());
    at += length;
    if (at > bytes.length) throw new Error('a field ends behind its message');
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const list = fields.get(tag >> 3) ?? [];
    fields.set(tag >> 3, list);
    list.push(readValue(tag & 7));
  }
  return fields;
}

export const messages = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((value) => readFields(value as Uint8Array));

export const texts = (fields: Fields, field: number): string[] =>
  (fields.get(field) ?? []).map((value) => new TextDecoder().decode(value as Uint8Array));

export const integersOf = (fields: Fields, field: number): number[] =>
  (fields.get(field) ?? []).map((value) => Number(value as bigint));
