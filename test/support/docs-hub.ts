/** The hub of the documentation's code, as a process of its own: prints its address and ends with its parent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFiles } from './checkpoints.ts';
import { fixture } from './fixtures.ts';
import { type Files, startHub } from './hub.ts';

const TINY = ['config.json', 'preprocessor_config.json', 'vocab.txt', 'model.safetensors'];
const tiny = TINY.map((name) => [name, new Uint8Array(readFileSync(join(fixture('tiny-hf'), name)))]);
const modelscope = 'modelscope/v1.0.1/';
const pipeline = [...checkpointFiles()]
  .filter(([path]) => path.startsWith(modelscope))
  .map(([path, bytes]) => [path.slice(modelscope.length), bytes]);

const hub = await startHub('OFA-Sys/chinese-clip-vit-base-patch16', Object.fromEntries(tiny) as Files);
const [published] = hub.repositories.values();
hub.repositories.set('AI-ModelScope/chinese-clip-vit-base-patch16', published!);
hub.repositories.set(
  'damo/multi-modal_clip-vit-base-patch16_zh',
  new Map([['v1.0.1', Object.fromEntries(pipeline) as Files]]),
);
process.stdout.write(`${hub.url}\n`);
process.on('disconnect', () => process.exit());
