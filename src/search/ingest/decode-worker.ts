/** A thread that reads, hashes, decodes and resizes one picture at a time. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { fileError, TuwenError } from '../../base/index.ts';
import { decodeImage, resizedRgb } from '../../clip/index.ts';
import type { Answer, Order } from './decode-protocol.ts';
import { takenTime } from './taken.ts';

const port = parentPort!;
/** As `loadImage` has it: no file is read that would not be decoded. */
const MAX_BYTES = 256 * 2 ** 20;

let bytes: Uint8Array | undefined;

async function read(path: string): Promise<Answer> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES)
      throw new TuwenError('TUWEN_IMAGE_TOO_LARGE', { source: path, unit: 'byte', size, limit: MAX_BYTES });
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
  return { kind: 'hash', hash: createHash('sha256').update(bytes).digest('hex') };
}

async function decode(pixels: Extract<Order, { kind: 'decode' }>['pixels']): Promise<Answer> {
  const picture = await decodeImage(bytes!, { orient: true });
  const taken = await takenTime(bytes!);
  const { data } = resizedRgb(picture, pixels.size, pixels);
  // Copied where it is a part of a larger buffer, which would move along.
  const square = {
    data: data.byteLength === data.buffer.byteLength ? data : data.slice(),
    size: pixels.size,
  };
  const { width, height } = picture;
  return {
    kind: 'picture',
    picture: { width, height, square: square as { data: Uint8Array; size: number }, ...(taken && { taken }) },
  };
}

function failure(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof TuwenError)) return { kind: 'failed', code: undefined, value: {}, message };
  return { kind: 'failed', code: error.code, value: error.value as object, message };
}

async function answerTo(order: Order): Promise<Answer | undefined> {
  try {
    if (order.kind === 'read') return await read(order.path);
    const answer = order.kind === 'decode' ? await decode(order.pixels) : undefined;
    bytes = undefined;
    return answer;
  } catch (error) {
    bytes = undefined;
    return failure(error);
  }
}

port.on('message', async (order: Order) => {
  const answer = await answerTo(order);
  if (answer === undefined) return;
  const moved = answer.kind === 'picture' ? [answer.picture.square.data.buffer as ArrayBuffer] : [];
  port.postMessage(answer, moved);
});
