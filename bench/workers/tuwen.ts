/**
 * Our engine as its users have it: `tuwen.js <model folder> <inputs> <threads> <precision> [cold]`. With `cold`, it
 * says when it has its first vector and waits to be let go.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clip, loadClip, type Precision, type RawImage } from '../../src/clip/index.ts';
import { HEIGHT, WIDTH } from '../size.ts';
import { multiplier } from './gemm.ts';
import { serve, tell, timed } from './serve.ts';

const [folder, inputs, threads, precision, cold] = process.argv.slice(2) as [
  string,
  string,
  string,
  Precision,
  string?,
];
const bytes = readFileSync(join(inputs, 'pictures.rgb'));
const texts = JSON.parse(readFileSync(join(inputs, 'texts.json'), 'utf8')) as Record<string, string[]>;
const length = WIDTH * HEIGHT * 3;
const pictures = Array.from({ length: bytes.length / length }, (_, i): RawImage => {
  const data = bytes.subarray(i * length, (i + 1) * length);
  return { data, width: WIDTH, height: HEIGHT, channels: 3 };
});

const clip = await loadClip(folder, { threads: Number(threads), precision });
if (cold) await firstVectors(clip);
else await answerAll(clip);
await clip.close();

async function firstVectors(clip: Clip): Promise<void> {
  await clip.embedImages(pictures[0]!);
  tell('first-vector');
  await clip.embedTexts(texts[12]![0]!);
  tell('both-vectors');
  for await (const _ of process.stdin);
}

async function answerAll(clip: Clip): Promise<void> {
  const multiply = multiplier(Number(threads));
  await serve(async (request) => {
    switch (request.kind) {
      case 'images': {
        const { count, seconds } = request;
        const batch = pictures.slice(0, count);
        return timed(`images ${count}`, seconds, () => clip.embedImages(batch, { batchSize: count }));
      }
      case 'texts': {
        const { count, tokens, seconds } = request;
        const batch = texts[tokens]!.slice(0, count);
        return timed(`texts ${count} ${tokens}`, seconds, () => clip.embedTexts(batch, { batchSize: count }));
      }
      case 'vectors': {
        const image = await clip.embedImages(pictures[0]!);
        const text = await clip.embedTexts(texts[12]![0]!);
        return { image: [...image.data], text: [...text.data] };
      }
      case 'gemm':
        return multiply(request);
      default:
        throw new Error(`not a request for this process: ${request.kind}`);
    }
  });
}
