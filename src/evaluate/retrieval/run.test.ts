/** Whole evaluations with the shipped model, on the drawings of the examples. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadClip } from '../../clip/index.ts';
import { readFeatures } from '../features/index.ts';
import { retrievalHtml, retrievalMarkdown } from '../report/index.ts';
import type { RetrievalSet, SetPicture } from '../sets/types.ts';
import { readAnswers } from './answers.ts';
import { scorePredictions } from './official.ts';
import { evaluateFeatures, evaluateRetrieval } from './run.ts';

vi.setConfig({ testTimeout: 60_000 });

const PICTURES = fileURLToPath(new URL('../../../examples/pictures/', import.meta.url));
const mini = () => loadClip('mini', { threads: 1 });

let folder: string;
let names: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-run-'));
  names = (await readdir(PICTURES)).filter((name) => name.endsWith('.png')).sort();
});
afterAll(() => rm(folder, { recursive: true }));

/** The drawings, each with its name as its text; every second one belongs to the group `even`. */
function drawings(broken: ReadonlySet<number> = new Set()): RetrievalSet {
  return {
    name: 'drawings',
    path: PICTURES,
    split: 'test',
    files: [{ path: PICTURES, sha256: '0'.repeat(64) }],
    pictureCount: names.length,
    async *pictures() {
      for (const [i, name] of names.entries()) {
        const input = async () => (broken.has(i) ? new Uint8Array([1, 2, 3]) : join(PICTURES, name));
        yield { id: i + 1, input, source: `${PICTURES}${name}` };
      }
    },
    async *texts() {
      for (const [i, name] of names.entries()) {
        const fields = { parity: i % 2 === 0 ? 'even' : 'odd' };
        yield {
          id: 100 + i,
          text: basename(name, '.png'),
          imageIds: [i + 1],
          path: 'texts',
          line: i + 1,
          fields,
        };
      }
    },
  };
}

describe('one run', () => {
  test('writes the official files, a report, and pages', async () => {
    const set = drawings();
    const report = await evaluateRetrieval([set], [mini], { folder, groupBy: ['parity'], threads: 1 });
    const [run] = report.runs;
    const files = await readdir(run!.folder);
    expect(files.sort()).toEqual([
      'output.json',
      'output_tr.json',
      'test_imgs.img_feat.jsonl',
      'test_imgs.img_feat.jsonl.run.json',
      'test_predictions.jsonl',
      'test_texts.tr.jsonl',
      'test_texts.txt_feat.jsonl',
      'test_texts.txt_feat.jsonl.run.json',
      'test_tr_predictions.jsonl',
    ]);
    const [t2i, i2t] = run!.directions;
    // The shipped model knows these drawings: far above the chance of 1 in 8.
    expect(t2i!.recall.r1).toBeGreaterThan(80);
    expect(t2i!.chance.r1).toBeCloseTo(100 / names.length, 10);
    expect(i2t!.candidates).toBe(names.length);
    const groups = t2i!.groupings[0]!.groups;
    expect(groups.map(({ value, queries }) => [value, queries])).toEqual([
      ['even', 4],
      ['odd', 4],
    ]);
    expect(retrievalMarkdown(report)).toContain('| drawings | test | 8 | 8 | 8 |');
    const page = await retrievalHtml(report, [set]);
    expect(page.match(/src="data:image\/webp/g)!.length).toBeGreaterThan(names.length);
    expect(page).not.toMatch(/<script|https?:/);
  });

  test('agrees with a run on the feature files it wrote', async () => {
    const [whole] = (await evaluateRetrieval([drawings()], [mini], { folder, threads: 1 })).runs;
    const images = await readFeatures(join(whole!.folder, 'test_imgs.img_feat.jsonl'), 'image');
    const texts = await readFeatures(join(whole!.folder, 'test_texts.txt_feat.jsonl'), 'text');
    const given = { images, texts, model: whole!.model };
    const again = await evaluateFeatures(drawings(), given, {
      folder: await mkdtemp(join(folder, 'given-')),
    });
    expect(again.runs[0]!.directions).toEqual(whole!.directions);
  });
});

/** The shipped model, and how many pictures it was given. */
function watched() {
  const given = { pictures: 0 };
  const open = async () => {
    const clip = await mini();
    const embedImages = clip.embedImages.bind(clip) as (...args: unknown[]) => unknown;
    const counting = (images: readonly unknown[], options: unknown) => {
      given.pictures += images.length;
      return embedImages(images, options);
    };
    return { ...clip, embedImages: counting as typeof clip.embedImages };
  };
  return { open, given };
}

test('features of an earlier run are taken up where model and files are the same', async () => {
  const own = await mkdtemp(join(folder, 'kept-'));
  const { open, given } = watched();
  const set = drawings();
  await evaluateRetrieval([set], [open], { folder: own, threads: 1 });
  expect(given.pictures).toBe(names.length);
  await evaluateRetrieval([set], [open], { folder: own, threads: 1 });
  expect(given.pictures).toBe(names.length);
  const changed = { ...set, files: [{ path: PICTURES, sha256: '1'.repeat(64) }] };
  await evaluateRetrieval([changed], [open], { folder: own, threads: 1 });
  expect(given.pictures).toBe(2 * names.length);
});

test('a run that is stopped goes on where it was', async () => {
  const own = await mkdtemp(join(folder, 'stopped-'));
  const controller = new AbortController();
  const whole: RetrievalSet = { ...drawings(), pictures: () => repeated(drawings(), 4) };
  const stopping: RetrievalSet = {
    ...whole,
    async *pictures() {
      let given = 0;
      for await (const picture of whole.pictures()) {
        if (given++ === 28) controller.abort();
        yield picture;
      }
    },
  };
  const stopped = evaluateRetrieval([stopping], [mini], {
    folder: own,
    signal: controller.signal,
    threads: 1,
  });
  await expect(stopped).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  const { open, given } = watched();
  const report = await evaluateRetrieval([whole], [open], { folder: own, threads: 1 });
  expect(given.pictures).toBeGreaterThan(0);
  expect(given.pictures).toBeLessThan(4 * names.length);
  const file = await readFile(join(report.runs[0]!.folder, 'test_imgs.img_feat.jsonl'), 'utf8');
  const ids = file
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).image_id);
  expect(ids).toEqual(Array.from({ length: 4 * names.length }, (_, i) => i + 1));
});

/** The pictures of a set several times, each time under other ids. */
async function* repeated(set: RetrievalSet, times: number): AsyncGenerator<SetPicture> {
  for (let round = 0; round < times; round++) {
    for await (const picture of set.pictures()) {
      yield { ...picture, id: Number(picture.id) + round * names.length };
    }
  }
}

describe('what is wrong with a set is named', () => {
  test('pictures that cannot be read, all of them; or they are left out', async () => {
    const own = await mkdtemp(join(folder, 'broken-'));
    const set = drawings(new Set([2, 5]));
    const seen: string[] = [];
    const run = (skipUnreadable: boolean) =>
      evaluateRetrieval([set], [mini], {
        folder: own,
        skipUnreadable,
        threads: 1,
        onFailure: ({ source }) => seen.push(basename(source)),
      });
    await expect(run(false)).rejects.toMatchObject({
      code: 'TUWEN_EVALUATION_PICTURES_UNREADABLE',
      value: { count: 2, sources: [`${PICTURES}${names[2]}`, `${PICTURES}${names[5]}`] },
    });
    expect(seen).toEqual([names[2], names[5]]);
    const report = await run(true);
    expect(report.runs[0]!.unreadable.map(({ code }) => code)).toEqual([
      'TUWEN_IMAGE_UNREADABLE',
      'TUWEN_IMAGE_UNREADABLE',
    ]);
    // Their texts are asked all the same, and find nothing.
    expect(report.runs[0]!.directions[0]).toMatchObject({ queries: 8, candidates: 6 });
    const mended = await evaluateRetrieval([drawings()], [mini], { folder: own, threads: 1 });
    expect(mended.runs[0]!.unreadable).toEqual([]);
    expect(mended.runs[0]!.pictures).toBe(8);
  });

  test.each([
    ['a text that names no picture', { imageIds: [99] }, { fault: 'unknown-id', line: 3, got: 99 }],
    ['a text whose id has occurred', { id: 100 }, { fault: 'duplicate-id', line: 3, got: 100 }],
  ])('%s', async (_, change, value) => {
    const set: RetrievalSet = {
      ...drawings(),
      async *texts() {
        for await (const text of drawings().texts()) yield text.line === 3 ? { ...text, ...change } : text;
      },
    };
    const run = evaluateRetrieval([set], [mini], {
      folder: await mkdtemp(join(folder, 'wrong-')),
      threads: 1,
    });
    await expect(run).rejects.toMatchObject({ code: 'TUWEN_EVALUATION_FILE_INVALID', value });
  });

  test('a field by which to group that no text has', async () => {
    const run = evaluateRetrieval([drawings()], [mini], { folder, groupBy: ['party'] });
    await expect(run).rejects.toMatchObject({
      code: 'TUWEN_BAD_ARGUMENT',
      value: { got: 'party', expected: 'parity' },
    });
  });

  test('a picture whose id has occurred', async () => {
    const set: RetrievalSet = {
      ...drawings(),
      async *pictures() {
        for await (const picture of drawings().pictures()) yield { ...picture, id: 1 };
      },
    };
    const run = evaluateRetrieval([set], [mini], {
      folder: await mkdtemp(join(folder, 'wrong-')),
      threads: 1,
    });
    await expect(run).rejects.toMatchObject({ value: { fault: 'duplicate-id', got: 1 } });
  });
});

test('two precisions side by side: differences, and predictions that the official rules score alike', async () => {
  const own = await mkdtemp(join(folder, 'two-'));
  const int8 = () => loadClip('mini', { threads: 1, precision: 'int8' });
  // Ten texts and pictures at least, as the official script asks.
  const set: RetrievalSet = {
    ...drawings(),
    pictures: () => repeated(drawings(), 2),
    async *texts() {
      for await (const text of drawings().texts()) {
        yield text;
        yield { ...text, id: Number(text.id) + 100, imageIds: [Number(text.imageIds[0]) + names.length] };
      }
    },
  };
  const report = await evaluateRetrieval([set], [mini, int8], { folder: own, threads: 1 });
  expect(report.runs.map(({ model }) => model.precision)).toEqual(['fp32', 'int8']);
  expect(report.comparisons.map(({ from, to, direction }) => [from, to, direction])).toEqual([
    [0, 1, 't2i'],
    [0, 1, 'i2t'],
  ]);
  const [first, second] = report.runs;
  const difference = second!.directions[0]!.recall.mr - first!.directions[0]!.recall.mr;
  expect(report.comparisons[0]!.difference.mr.value).toBeCloseTo(difference, 9);
  for (const { folder: files, split } of report.runs.map((run) => ({ ...run, split: 'test' }))) {
    const answers = await readAnswers(join(files, `${split}_texts.tr.jsonl`), 'i2t');
    const scored = await scorePredictions(answers, join(files, `${split}_tr_predictions.jsonl`), 'i2t');
    expect(scored.output).toBe(await readFile(join(files, 'output_tr.json'), 'utf8'));
  }
});
