/**
 * Changed bytes of real and hand-made files: each one reads or is refused with a TuwenError, in little time and memory.
 * TUWEN_FUZZ is the number of cases for each file (default 100); TUWEN_FUZZ_SEED another start.
 */
import { expect, test } from 'vitest';
import { checkpointFiles } from '../../test/support/checkpoints.ts';
import { mutated, randomness } from '../../test/support/mutate.ts';
import { archive, bytesOf, memoryFile, pickle, push, uint64, zip } from '../../test/support/torch-writer.ts';
import { isTuwenError } from '../base/index.ts';
import { readTorchFrom, readTorchHeaderFrom } from './torch.ts';
import { torchErrors } from './torch-error.ts';
import { LEGACY_MAGIC } from './torch-legacy.ts';
import { openZip } from './zip.ts';

const CASES = Number(process.env.TUWEN_FUZZ ?? 100);
const SEED = Number(process.env.TUWEN_FUZZ_SEED ?? 20260401);
/** Of the processor; far beyond what a small file needs. */
const MAX_MICROSECONDS = 1e6;

const files = checkpointFiles();
const value = pickle(
  push.dict({
    a: push.tensor(push.storage('0', 6), 0, [3, 2], [1, 3]),
    b: push.tensor(push.storage('1', 2, 'HalfStorage'), 1, [1], [1]),
  }),
);
const storages = { 0: new Uint8Array(24).fill(7), 1: new Uint8Array(4) };
const LEGACY = bytesOf(
  ...[Uint8Array.from(LEGACY_MAGIC), '.', pickle(push.number(1001)), pickle(push.dict({})), value],
  ...[pickle(bytesOf('](', push.text('0'), push.text('1'), 'e'))],
  ...[uint64(6n), storages[0], uint64(2n), storages[1]],
);

/** A file to change, or the part of one that is changed and put back. */
interface Subject {
  readonly original: Uint8Array;
  readonly whole: (changed: Uint8Array) => Uint8Array;
}

const asItIs = (original: Uint8Array): Subject => ({ original, whole: (changed) => changed });

/** The pickle of an archive, in an archive that is otherwise right. */
async function pickleOf(path: string): Promise<Subject> {
  const { entries, read } = await openZip(memoryFile(files.get(path)!), torchErrors(path));
  const contents = new Map<string, Uint8Array>();
  for (const entry of entries.values()) {
    const content = new Uint8Array(entry.size);
    await read(entry, content);
    contents.set(entry.name, content);
  }
  const name = [...contents.keys()].find((name) => name.endsWith('/data.pkl'))!;
  return {
    original: contents.get(name)!,
    whole: (changed) =>
      zip(Array.from(contents.set(name, changed), ([name, content]) => ({ name, content }))),
  };
}

test.each<readonly [string, Subject]>([
  ['a small archive', asItIs(archive(value, storages))],
  ['a small deflated archive', asItIs(archive(value, storages, { deflate: true, zip64: true }))],
  ['a small file of the old format', asItIs(LEGACY)],
  ['a small pickle', { original: value, whole: (changed) => archive(changed, storages) }],
  ["ModelScope's fine-tuning", asItIs(files.get('modelscope/finetuned/keys-only.bin')!)],
  ['the pickle of that', await pickleOf('modelscope/finetuned/keys-only.bin')],
  ['the pickle of a BERT', await pickleOf('init/bert.bin')],
  ['the pickle of a training checkpoint', await pickleOf('tiny-cn/epoch_latest.pt')],
  ['a TorchScript archive', asItIs(files.get('init/openai.jit.pt')!)],
  ['the pickle of a TorchScript archive', await pickleOf('init/openai.jit.pt')],
])('%s', { timeout: 60_000 + CASES * 100 }, async (_, { original, whole }) => {
  const random = randomness(SEED);
  let refused = 0;
  for (let i = 0; i < CASES; i++) {
    const file = memoryFile(whole(mutated(original, random)));
    const started = process.cpuUsage();
    for (const read of [readTorchFrom, readTorchHeaderFrom]) {
      const error = await read(file).then(
        () => undefined,
        (error) => error,
      );
      if (error && !isTuwenError(error)) throw new Error(`case ${i}, seed ${SEED}`, { cause: error });
      refused += error ? 1 : 0;
    }
    expect(process.cpuUsage(started).user, `case ${i}, seed ${SEED}`).toBeLessThan(MAX_MICROSECONDS);
  }
  expect(refused).toBeGreaterThan(0);
});
