/** What is changed at random, and who reads it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createEnglishTokenizer, createTokenizer, inspectModel, readModel } from '../../src/clip/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../../src/train/index.ts';
import { encodeSafetensors, fromFloat32, parseSafetensors, readWeights } from '../../src/weights/index.ts';
import { checkpointFiles } from '../support/checkpoints.ts';
import { fixture } from '../support/fixtures.ts';
import { type Below, mutated, mutatedJson } from '../support/mutate.ts';

/** A kind of file: what it is when it is right, how it is changed, who reads it. */
export interface Subject {
  readonly name: string;
  readonly original: Uint8Array;
  readonly change: (original: Uint8Array, random: Below) => Uint8Array;
  readonly read: (changed: Uint8Array) => unknown;
}

const SMALL = new Map([
  ['a', fromFloat32(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
  ['b.weight', fromFloat32(Float32Array.of(7, 8), [2], 'F16')],
  ['scalar', fromFloat32(Float32Array.of(9), [])],
]);

/** Every kind of file. They are written in `folder`, in which nothing else may lie. */
export async function fuzzSubjects(folder: string): Promise<Subject[]> {
  return [
    ...safetensors(),
    shardIndex(join(folder, 'sharded')),
    ...configurations(folder),
    ...vocabularies(),
    await trainingCheckpoint(join(folder, 'training.safetensors')),
    ...torchFiles(folder),
  ];
}

function safetensors(): Subject[] {
  const original = encodeSafetensors(SMALL, { note: 'x' });
  const length = Number(new DataView(original.buffer, original.byteOffset).getBigUint64(0, true));
  const data = original.subarray(8 + length);
  const read = (bytes: Uint8Array) => parseSafetensors(bytes);
  return [
    { name: 'safetensors', original, change: mutated, read },
    {
      name: 'header of safetensors',
      original: original.subarray(8, 8 + length),
      change: mutatedJson,
      read: (header) => {
        const prefix = new Uint8Array(8);
        new DataView(prefix.buffer).setBigUint64(0, BigInt(header.length), true);
        return read(Buffer.concat([prefix, header, data]));
      },
    },
  ];
}

function shardIndex(folder: string): Subject {
  mkdirSync(folder);
  const names = [...SMALL.keys()];
  names.forEach((name, i) => {
    writeFileSync(join(folder, `${i}.safetensors`), encodeSafetensors(new Map([[name, SMALL.get(name)!]])));
  });
  const weight_map = Object.fromEntries(names.map((name, i) => [name, `${i}.safetensors`]));
  const original = Buffer.from(JSON.stringify({ metadata: { total_size: 32 }, weight_map }));
  const path = join(folder, 'model.safetensors.index.json');
  return { name: 'index of shards', original, change: mutatedJson, read: fileReader(path, readWeights) };
}

/** A model's configuration, in a folder that is otherwise right. */
function configurations(folder: string): Subject[] {
  const places = [
    ['tiny-hf', 'config.json'],
    ['tiny-hf', 'preprocessor_config.json'],
    ['tiny-rn', 'config.json'],
  ] as const;
  return places.map(([model, file], i) => {
    const copy = join(folder, `${i}-${model}`);
    cpSync(fixture(model), copy, { recursive: true });
    const path = join(copy, file);
    return {
      name: `${model}/${file}`,
      original: readFileSync(path),
      change: mutatedJson,
      read: fileReader(path, async () => {
        await inspectModel(copy);
        await readModel(copy, { mapped: true });
      }),
    };
  });
}

const PLAIN = Buffer.from('ab\n\r\t \x00\xff\xef\xbb\xbf#[]', 'latin1');

function vocabularies(): Subject[] {
  const change = (original: Uint8Array, random: Below) => mutated(original, random, PLAIN);
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '猫', '狗', '##a', 'a', 'b', '##猫'];
  const merges = ['#version: 0.2', 'a b', 't h', 'th e</w>', 'c a', 'ca t</w>'];
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  return [
    {
      name: 'vocab.txt',
      original: Buffer.from(`${words.join('\n')}\n`),
      change,
      read: (bytes) => createTokenizer(text(bytes)).encode('一只猫 ab a猫'),
    },
    {
      name: 'merges.txt',
      original: Buffer.from(`${merges.join('\n')}\n`),
      change,
      read: (bytes) => createEnglishTokenizer(text(bytes)).encode('the cat'),
    },
  ];
}

async function trainingCheckpoint(path: string): Promise<Subject> {
  const state = () => ({
    weights: new Map([['w', new Float32Array(6)]]),
    shapes: new Map([['w', [2, 3]]]),
    optimizer: {
      step: 3,
      first: new Map([['w', new Float32Array(6)]]),
      second: new Map([['w', new Float32Array(6)]]),
    },
  });
  await saveCheckpoint(path, { ...state(), data: { epoch: 1, order: [2, 0, 1] } });
  return {
    name: 'training checkpoint',
    original: readFileSync(path),
    change: mutated,
    read: fileReader(path, () => loadCheckpoint(path, state())),
  };
}

/** Checkpoints of other programs as a user names them: `tuwen model inspect FILE`, and reading all of it. */
function torchFiles(folder: string): Subject[] {
  const files = checkpointFiles();
  const names = [
    'modelscope/finetuned/keys-only.bin',
    'init/bert.bin',
    'init/openai.jit.pt',
    'tiny-cn/epoch_latest.pt',
  ];
  return names.map((name) => {
    const path = join(folder, 'torch', name);
    mkdirSync(dirname(path), { recursive: true });
    return {
      name,
      original: files.get(name)!,
      change: mutated,
      read: fileReader(path, async () => {
        await inspectModel(path);
        await readWeights(path);
      }),
    };
  });
}

/** Writes what was changed into its place, and reads it there. */
function fileReader(path: string, read: (path: string) => Promise<unknown>): Subject['read'] {
  return (changed) => {
    writeFileSync(path, changed);
    return read(path);
  };
}
