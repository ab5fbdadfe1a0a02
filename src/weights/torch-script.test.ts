/** The state of TorchScript modules, and what may not stand in their pickles. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../test/support/checkpoints.ts';
import { archive, bytesOf, memoryFile, pickle, push } from '../../test/support/torch-writer.ts';
import { readTorch, readTorchHeader } from './index.ts';
import { readTorchFrom } from './torch.ts';

const folder = unpackCheckpoints();
afterAll(() => rm(folder, { recursive: true }));
const file = (path: string) => join(folder, path);

const storages = { 0: new Uint8Array(8).fill(7) };
const tensor = push.tensor(push.storage('0', 2), 0, [2], [1]);
const read = (value: Uint8Array, module = true) =>
  readTorchFrom(memoryFile(archive(pickle(value), storages, { module })));

describe('a module', () => {
  test("has the tensors of its state dict, as PyTorch's own reader gives them", async () => {
    const module = await readTorch(file('init/openai.jit.pt'));
    const stateDict = await readTorch(file('init/openai.state_dict.pt'));
    const besides = ['input_resolution', 'context_length', 'vocab_size'];
    expect([...module.keys()].filter((name) => !besides.includes(name)).sort()).toEqual(
      [...stateDict.keys()].filter((name) => !besides.includes(name)).sort(),
    );
    for (const [name, { dtype, shape, bytes }] of stateDict) {
      expect(module.get(name), name).toMatchObject({ dtype, shape });
      expect(Buffer.compare(module.get(name)!.bytes, bytes), name).toBe(0);
    }
    expect(await readTorchHeader(file('init/openai.jit.pt'))).toMatchObject({
      format: 'torchscript',
      optimizer: false,
    });
  });

  test('keeps numbers, texts and lists to itself', async () => {
    const list = push.call(push.global('torch.jit._pickle', 'build_intlist'), bytesOf(']'));
    const inner = push.object('Inner', { weight: tensor, name: push.text('x'), sizes: list });
    const state = await read(push.object('Outer', { inner, bias: tensor, training: bytesOf(0x88) }));
    expect([...state.keys()]).toEqual(['bias', 'inner.weight']);
  });
});

describe('is refused', () => {
  const itself = bytesOf(
    push.global('__torch__', 'M'),
    ')',
    0x81,
    'q',
    9,
    '}(',
    push.text('a'),
    'h',
    9,
    'ub',
  );
  /** Each of many objects holds the one before twice: a few bytes each, and twice as many modules. */
  const doubling = Array.from({ length: 40 }, (_, i) => i).reduce(
    (inner, i) =>
      bytesOf(
        inner,
        'q',
        i,
        push.global('__torch__', 'M'),
        ...[')', 0x81, '}(', push.text('a'), 'h', i, push.text('b'), 'h', i, 'ub'],
      ),
    push.object('M', {}),
  );
  const chain = (length: number) =>
    Array.from({ length }).reduce<Uint8Array>(
      (inner) => push.object('M', { a: inner }),
      push.object('M', {}),
    );
  const nested = (name: string) => push.object('M', { a: push.call(push.global('__torch__', name)) });

  test.each<[string, Uint8Array, object]>([
    ['a class that is called', nested('Evil'), { code: 'TUWEN_TORCH_INVALID', value: { fault: 'bad-call' } }],
    [
      'a function of the system',
      push.object('M', { a: push.call(push.global('os', 'system'), push.text('id')) }),
      { code: 'TUWEN_PICKLE_UNSAFE', value: { what: 'global', name: 'os.system' } },
    ],
    [
      'a name that only begins as the own classes do',
      push.call(push.global('__torch__x', 'M')),
      { code: 'TUWEN_PICKLE_UNSAFE', value: { what: 'global', name: '__torch__x.M' } },
    ],
    [
      "an object of a class of Python's",
      bytesOf(push.global('collections', 'OrderedDict'), ')', 0x81),
      { code: 'TUWEN_PICKLE_UNSAFE', value: { what: 'opcode', name: 'NEWOBJ' } },
    ],
    [
      'an object made with arguments',
      bytesOf(push.global('__torch__', 'M'), push.tuple(push.text('x')), 0x81),
      { code: 'TUWEN_TORCH_INVALID', value: { fault: 'bad-call' } },
    ],
    [
      'an object whose state is no dictionary',
      bytesOf(push.global('__torch__', 'M'), ')', 0x81, push.text('x'), 'b'),
      { code: 'TUWEN_TORCH_INVALID', value: { fault: 'pickle-stack' } },
    ],
    ['a module within itself', itself, { value: { fault: 'pickle-too-deep' } }],
    ['modules too deep', chain(65), { value: { fault: 'pickle-too-deep' } }],
    [
      'a name too long',
      push.object('M', { ['n'.repeat(2000)]: push.object('M', {}) }),
      { value: { fault: 'pickle-too-large' } },
    ],
    ['modules that double', bytesOf(doubling), { value: { fault: 'pickle-too-large' } }],
  ])('%s', async (_, value, error) => {
    await expect(read(value)).rejects.toMatchObject(error);
  });

  test('an object in an archive that is no module', async () => {
    await expect(read(push.object('M', { a: tensor }), false)).rejects.toMatchObject({
      code: 'TUWEN_PICKLE_UNSAFE',
      value: { what: 'global', name: '__torch__.M' },
    });
  });
});
