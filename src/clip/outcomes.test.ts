import { expect, test } from 'vitest';
import { isTuwenError, TuwenError } from '../base/index.ts';
import { type Outcome, outcomes } from './outcomes.ts';

interface Picture {
  readonly source: string;
  readonly name: string;
  readonly official: boolean;
}

const picture = (name: string, official = false): Picture => ({
  source: `照片/${name}`,
  name,
  official,
});

async function* streamed(pictures: readonly Picture[]) {
  yield* pictures;
}

/** A model that cannot read pictures whose names begin with `x`; it notes the batches it was given. */
function reader() {
  const batches: string[][] = [];
  const run = async (pictures: readonly Picture[]) => {
    const names = pictures.map(({ name }) => name);
    batches.push(names);
    const index = names.findIndex((name) => name.startsWith('x'));
    if (index >= 0) throw new TuwenError('TUWEN_IMAGE_MISSING', { source: names[index]!, index });
    return names.map((name) => name.toUpperCase());
  };
  return { batches, run };
}

async function shown(outcome: AsyncIterable<Outcome<Picture, string>>): Promise<string[]> {
  const list: string[] = [];
  for await (const one of outcome) list.push('error' in one ? one.error.text('zh').message : one.result);
  return list;
}

test('pictures that cannot be read are left out where they stand; all others keep their order', async () => {
  const names = ['a', 'x1', 'b', 'x2', 'x3', 'x4', 'x5', 'c', 'd'];
  const { run } = reader();
  expect(await shown(outcomes(streamed(names.map((name) => picture(name))), 3, run))).toEqual(
    names.map((name) => (name.startsWith('x') ? `照片/${name}：文件不存在` : name.toUpperCase())),
  );
});

test('a batch holds pictures of one kind', async () => {
  const { batches, run } = reader();
  const mixed = [picture('a'), picture('b', true), picture('c', true), picture('d'), picture('e')];
  await shown(outcomes(streamed(mixed), 2, run, ({ official }) => official));
  expect(batches).toEqual([['a'], ['b', 'c'], ['d', 'e']]);
});

test('one batch is begun ahead, no more', async () => {
  const begun: string[] = [];
  const run = async (pictures: readonly Picture[]) => {
    begun.push(...pictures.map(({ name }) => name));
    return pictures.map(() => '');
  };
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => picture(name));
  const running = outcomes(streamed(names), 1, run);
  await running.next();
  expect(begun).toEqual(['a', 'b']);
  await running.return();
});

test('other errors end the run', async () => {
  const run = async () => {
    throw new TuwenError('TUWEN_CLOSED', {});
  };
  const error = await shown(outcomes(streamed([picture('a')]), 2, run)).catch((thrown) => thrown);
  expect(isTuwenError(error, 'TUWEN_CLOSED')).toBe(true);
});

test('nothing comes of nothing', async () => {
  expect(await shown(outcomes(streamed([]), 2, reader().run))).toEqual([]);
});
