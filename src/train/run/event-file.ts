/**
 * TensorBoard's event files: records of length, checksum, an `Event` in protobuf, checksum (TensorFlow's TFRecord format,
 * tensorboard/compat/proto/event.proto and summary.proto).
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TuwenError } from '../../base/index.ts';

export interface EventFile {
  readonly path: string;
  /** Adds numbers of a step by their tags, such as `train/loss`. Throws TUWEN_FILE_UNWRITABLE. */
  scalars(step: number, values: Readonly<Record<string, number>>): Promise<void>;
}

/** A file in a folder, made with its first numbers; `seconds` since 1970 name it and go into its records. */
export function createEventFile(folder: string, seconds = () => Date.now() / 1000): EventFile {
  const begun = seconds();
  let isBegun = false;
  const path = join(folder, `events.out.tfevents.${Math.floor(begun)}.${hostname()}.${process.pid}.tuwen`);
  const append = async (event: Uint8Array) => {
    try {
      await mkdir(folder, { recursive: true });
      await appendFile(path, record(event));
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
    }
  };
  return {
    path,
    async scalars(step, values) {
      if (!isBegun) await append(Buffer.concat([double(1, begun), bytes(3, Buffer.from('brain.Event:2'))]));
      isBegun = true;
      const summary = Object.entries(values).map(([tag, value]) =>
        bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)])),
      );
      await append(Buffer.concat([double(1, seconds()), integer(2, step), bytes(5, Buffer.concat(summary))]));
    },
  };
}

function record(event: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(event.length), 0);
  head.writeUInt32LE(masked(crc32c(head.subarray(0, 8))), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(masked(crc32c(event)), 0);
  return Buffer.concat([head, event, tail]);
}

/** A checksum as it is stored among what it sums up. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});

/** Castagnoli's CRC (RFC 3720, section 12.1). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) parts.push((rest % 128) + 128);
  return Buffer.from([...parts, rest]);
}

const tag = (field: number, kind: number) => varint(field * 8 + kind);

function integer(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, VARINT), varint(value)]);
}

function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeDoubleLE(value);
  return Buffer.concat([tag(field, FIXED64), data]);
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED32), data]);
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([tag(field, LENGTH_DELIMITED), varint(value.length), value]);
}
