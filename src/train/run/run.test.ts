/** Whole runs of a tiny model: what they do, and that stopping changes nothing. */
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { run, tensorsOf, writeCaptions } from '../../../test/support/training-run.ts';
import { dot, loadClip, readModel } from '../../clip/index.ts';
import { openDataSet } from '../../data/index.ts';

let logs: string;
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'tuwen-run-'));
});
afterAll(() => rm(logs, { recursive: true }));

/** Everything random and everything cached that a run can have. */
const KINDS = {
  'all that is random': {
    'use-augment': true,
    'accum-freq': 2,
    'mask-ratio': 0.5,
    'max-steps': 5,
    'keep-apart': true,
  },
  'adapters, then all': {
    stages: [
      { 'lora-rank': 2, 'max-steps': 3 },
      { 'max-steps': 3, 'lora-rank': undefined },
    ],
  },
  'two stages, a teacher, vectors kept': {
    'teacher-model': fixture('tiny-rn'),
    'label-aware': true,
    stages: [
      { 'freeze-vision': true, 'max-steps': 3 },
      { 'max-steps': 4, 'grad-checkpointing': true },
    ],
  },
};

describe.each(Object.entries(KINDS))('%s', (kind, settings) => {
  const name = (part: string) => ({ logs, name: `${kind.slice(0, 3)}-${part}`, ...settings });
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    whole = await run(name('whole'));
  });

  test('called off after any step and gone on with, it ends bit for bit the same', async () => {
    const stops = [1, 3];
    let made = 0;
    for (const stop of stops) {
      const abort = new AbortController();
      const stopped = run(name('stopped'), {
        signal: abort.signal,
        onStep: () => {
          made += 1;
          if (made === stop) abort.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    }
    const rest = await run(name('stopped'));
    expect(made + rest.made).toBe(whole.steps.length);
    expect(rest.notices[0]).toMatchObject({ kind: 'going-on' });
    expect(rest.validations.at(-1)).toEqual(whole.validations.at(-1));
    expect(await tensorsOf(rest.checkpoint)).toEqual(await tensorsOf(whole.checkpoint));
  });

  test('its newest checkpoint cut short, it goes on from the one before, to the same end', async () => {
    const steps = { 'save-step-frequency': 1, ...name('cut') };
    let made = 0;
    const abort = new AbortController();
    const onStep = () => {
      made += 1;
      if (made === 3) abort.abort();
    };
    await expect(run(steps, { signal: abort.signal, onStep })).rejects.toMatchObject({
      code: 'TUWEN_CANCELLED',
    });
    const latest = join(logs, steps.name, 'checkpoints', 'epoch_latest.safetensors');
    await truncate(latest, (await stat(latest)).size - 1000);
    const rest = await run(steps);
    expect(rest.notices.map(({ kind: each }) => each)).toEqual(
      expect.arrayContaining(['not-whole', 'going-on']),
    );
    expect(await tensorsOf(rest.checkpoint)).toEqual(await tensorsOf(whole.checkpoint));
  });

  test('run once more when it has ended, it does nothing', async () => {
    const before = await stat(whole.checkpoint);
    const again = await run(name('whole'));
    expect([again.made, (await stat(again.checkpoint)).mtimeMs]).toEqual([0, before.mtimeMs]);
  });
});

describe('a run', () => {
  test('leaves a model that finds what its validation said, under the names of the reference', async () => {
    const done = await run({ logs, name: 'plain', 'max-steps': 8, 'save-step-frequency': 5 });
    const folder = join(done.folder, 'checkpoints');
    expect((await readdir(folder)).sort()).toEqual(
      ['best', 'epoch2', 'epoch1', 'epoch_1_5', 'epoch_latest', 'epoch_previous']
        .map((name) => `${name}.safetensors`)
        .sort(),
    );
    expect(done.steps.map(({ epoch, step, steps, pairs }) => [epoch, step, steps, pairs])).toEqual(
      Array.from({ length: 8 }, (_, step) => [Math.floor(step / 5), step, 8, 8]),
    );
    expect(done.validations.map(({ step, epoch, best }) => [step, epoch, best])).toEqual([
      [5, 0, true],
      [8, 1, expect.any(Boolean)],
    ]);
    const { textRecall, imageRecall } = done.validations[1]!;
    expect({ textRecall: textRecall.r1, imageRecall: imageRecall.r1 }).toEqual(
      await firstRecall(done.checkpoint),
    );
    expect(await readdir(join(done.folder, 'tensorboard'))).toEqual([
      expect.stringMatching(/^events\.out\.tfevents\./),
    ]);
    const log = (await readFile(join(done.folder, 'log.jsonl'), 'utf8')).trim().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      ...Array(5).fill('step'),
      'validation',
      'step',
      'step',
      'step',
      'validation',
    ]);
  });

  test('with the image tower frozen trains the other one alone, from vectors it computed once', async () => {
    const settings = { logs, 'max-steps': 2, dropout: false };
    const frozen = await run({ ...settings, name: 'frozen', 'freeze-vision': true });
    const free = await run({ ...settings, name: 'free' });
    expect(Math.abs(frozen.steps[0]!.loss - free.steps[0]!.loss)).toBeLessThan(1e-5);
    expect((await readdir(frozen.folder)).filter((name) => name.startsWith('image-features'))).toHaveLength(
      1,
    );
    const before = await readModel(fixture('tiny-hf'));
    const after = await readModel(frozen.checkpoint);
    for (const [name, { bytes }] of before.weights) {
      const isSame = Buffer.compare(bytes, after.weights.get(name)!.bytes) === 0;
      expect(isSame, name).toBe(name.startsWith('visual.'));
    }
  });

  test('follows a teacher: of the student itself it lacks nothing', async () => {
    const settings = { logs, 'max-steps': 1, 'teacher-model': fixture('tiny-hf') };
    const kept = await run({ ...settings, name: 'taught' });
    expect(Math.abs(kept.steps[0]!.distillation!)).toBeLessThan(1e-5);
    const other = { ...settings, 'teacher-model': fixture('tiny-rn') };
    const { steps } = await run({ ...other, name: 'other-teacher' });
    expect(steps[0]!.distillation).toBeGreaterThan(0.1);
  });

  test('follows vectors that are stored as it follows the model they are of', async () => {
    const settings = { logs, 'max-steps': 3, 'val-data': undefined, dropout: false };
    const model = await run({ ...settings, name: 'by-model', 'teacher-model': fixture('tiny-rn') });
    const file = join(logs, 'teacher.jsonl');
    const lines: { image_id: unknown; feature: number[] }[] = [];
    await using clip = await loadClip(fixture('tiny-rn'), { threads: 1 });
    await using data = await openDataSet(fixture('lmdb/tsv'), { split: 'train' });
    for await (const { id, bytes } of data.pictures()) {
      const { data: vector } = await clip.embedImages(await bytes(), { orient: false });
      lines.push({ image_id: id, feature: [...vector] });
    }
    const write = (kept: typeof lines) =>
      writeFile(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await write(lines);
    const own = { ...settings, 'teacher-features': file };
    const stored = await run({ ...own, name: 'by-file' });
    stored.steps.forEach(({ loss, distillation }, i) => {
      expect(Math.abs(loss - model.steps[i]!.loss)).toBeLessThan(1e-5);
      expect(Math.abs(distillation! - model.steps[i]!.distillation!)).toBeLessThan(1e-5);
    });
    for (const wrong of [{ 'use-augment': true }, { 'teacher-model': fixture('tiny-rn') }])
      await expect(run({ ...own, ...wrong, name: 'wrong' })).rejects.toMatchObject({
        code: 'TUWEN_SETTING_INVALID',
        value: { key: 'teacher-features' },
      });
    await write(lines.slice(1));
    await expect(run({ ...own, name: 'lacking' })).rejects.toMatchObject({
      code: 'TUWEN_SETTING_INVALID',
      value: { got: lines[0]!.image_id },
    });
  });

  test('compares every picture with all texts: a batch of everything has them twice over', async () => {
    const lines = ['红色圆形', '绿色的三角', '蓝色的方块'].map((text, i) => ({
      text,
      image_ids: [[5, 2, 100][i]!],
    }));
    const data = await writeCaptions(join(logs, 'three'), lines);
    const settings = {
      logs,
      'train-data': data,
      'val-data': undefined,
      'freeze-text': true,
      'all-texts': true,
    };
    const whole = await run({ ...settings, name: 'whole', 'batch-size': 3, 'max-steps': 1 });
    const plain = await run({
      ...settings,
      name: 'in-batch',
      'batch-size': 3,
      'max-steps': 1,
      'all-texts': false,
    });
    const [step] = whole.steps;
    expect(Math.abs(step!.loss - step!.allTextsLoss! - plain.steps[0]!.loss)).toBeLessThan(1e-5);
    // A picture alone with its text has nothing to tell apart, but for the texts of the others.
    const single = { ...settings, 'batch-size': 1, 'max-steps': 4 };
    const alone = await run({ ...single, name: 'alone' });
    expect(Math.abs(alone.steps[0]!.loss - alone.steps[0]!.allTextsLoss!)).toBeLessThan(1e-6);
    expect(alone.steps[0]!.allTextsLoss).toBeGreaterThan(0.1);
    const before = await readModel(fixture('tiny-hf'));
    const after = await readModel(alone.checkpoint);
    for (const [name, { bytes }] of before.weights)
      if (name.startsWith('bert.'))
        expect(Buffer.compare(bytes, after.weights.get(name)!.bytes), name).toBe(0);
    const abort = new AbortController();
    const stop = {
      signal: abort.signal,
      onStep: ({ step }: { step: number }) => void (step === 1 && abort.abort()),
    };
    await expect(run({ ...single, name: 'halves' }, stop)).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    const halves = await run({ ...single, name: 'halves' });
    expect(halves.made).toBeLessThan(4);
    expect(await tensorsOf(halves.checkpoint)).toEqual(await tensorsOf(alone.checkpoint));
  });

  test('counts equal texts of a batch, and the loss they leave at least', async () => {
    const texts = ['红色圆形', '红色圆形', '红色圆形', '蓝色的方块'];
    const lines = texts.map((text, i) => ({ text, image_ids: [[5, 10, 2, 100][i]!] }));
    const data = await writeCaptions(join(logs, 'equal'), lines);
    const settings = { logs, 'train-data': data, 'val-data': undefined, 'batch-size': 4, 'max-steps': 1 };
    const [step] = (await run({ ...settings, name: 'equal' })).steps;
    expect(step!.falseNegatives).toBe(6);
    expect(step!.lossFloor).toBeCloseTo((3 * Math.log(3)) / 4, 12);
    const [aware] = (await run({ ...settings, name: 'aware', 'label-aware': true })).steps;
    // Dropout makes vectors of equal texts differ; without it, both kinds of targets come to the same.
    expect(Math.abs(aware!.loss - step!.loss)).toBeGreaterThan(1e-5);
  });

  test('names a picture that is not there, or leaves it out and counts it', async () => {
    const lines = [5, 10, 2, 100, 12345].map((id) => ({ text: `图${id}`, image_ids: [id] }));
    const data = await writeCaptions(join(logs, 'missing'), lines);
    const settings = {
      logs,
      name: 'missing',
      'train-data': data,
      'val-data': undefined,
      'batch-size': 5,
      'max-steps': 2,
    };
    await expect(run(settings)).rejects.toMatchObject({
      code: 'TUWEN_DATA_INVALID',
      value: { fault: 'missing-picture', about: '12345' },
    });
    const { steps, notices } = await run({ ...settings, 'skip-broken': true });
    expect(steps.map(({ pairs, broken }) => [pairs, broken])).toEqual([
      [4, 1],
      [4, 2],
    ]);
    expect(notices.filter(({ kind }) => kind === 'broken')).toHaveLength(2);
  });

  test('that diverges stops with the batch in a file, and keeps what it had', async () => {
    const settings = {
      logs,
      name: 'diverged',
      'val-data': undefined,
      'save-step-frequency': 1,
      warmup: 0,
      'max-steps': 6,
    };
    const error = await run({ ...settings, lr: 1e38 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'TUWEN_TRAINING_DIVERGED' });
    const { pairs } = JSON.parse(await readFile(error.value.report, 'utf8'));
    expect(pairs).toHaveLength(8);
    expect(Object.keys(pairs[0])).toEqual(['image_id', 'text_id', 'text']);
  });

  test('that does not get better stops early', async () => {
    const settings = {
      logs,
      name: 'early',
      lr: 1e-12,
      'max-steps': 20,
      'valid-step-interval': 1,
      'early-stopping': 2,
    };
    const { steps, validations, notices } = await run(settings);
    expect([steps.length, validations.map(({ best }) => best)]).toEqual([3, [true, false, false]]);
    expect(notices).toEqual([{ kind: 'stopped-early', step: 3 }]);
  });

  test('takes the weights of another run, with or without its optimiser and its place', async () => {
    const first = await run({ logs, name: 'first', 'max-steps': 2, 'val-data': undefined });
    const settings = { logs, 'val-data': undefined, 'max-steps': 4, resume: first.checkpoint };
    const on = await run({ ...settings, name: 'on' });
    expect(on.steps.map(({ step }) => step)).toEqual([2, 3]);
    const fresh = await run({ ...settings, name: 'fresh', 'reset-optimizer': true });
    expect(fresh.steps.map(({ step, learningRate }) => [step, learningRate])).toEqual(
      on.steps.map(({ step, learningRate }) => [step, learningRate]),
    );
    expect(await tensorsOf(fresh.checkpoint)).not.toEqual(await tensorsOf(on.checkpoint));
    const anew = await run({ ...settings, name: 'anew', 'reset-data-offset': true });
    expect(anew.steps.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect((await run({ ...settings, name: 'anew', 'reset-data-offset': true })).made).toBe(0);
  });

  test('begins with towers that its settings name', async () => {
    const text = join(logs, 'text.json');
    const json = JSON.parse(await readFile(fixture('training/BERT-micro-chinese.json'), 'utf8'));
    await appendFile(text, JSON.stringify({ ...json, vocab_size: 21_128 }));
    const vision = fixture('training/ViT-micro.json');
    const settings = {
      logs,
      model: undefined,
      'vision-model': vision,
      'text-model': text,
      'val-data': undefined,
    };
    const { checkpoint } = await run({ ...settings, name: 'new', 'max-steps': 1 });
    const { config } = await readModel(checkpoint);
    expect([config.embedDim, config.text.hidden, config.text.vocabSize]).toEqual([16, 16, 21_128]);
    await expect(
      run({ ...settings, name: 'nothing', 'vision-model': undefined, 'text-model': undefined }),
    ).rejects.toMatchObject({ code: 'TUWEN_SETTING_INVALID', value: { key: 'model' } });
  });

  test('is one process at a time', async () => {
    let second: Promise<unknown> | undefined;
    const settings = { logs, name: 'locked', 'max-steps': 1, 'val-data': undefined };
    await run(settings, {
      onStep: async () => {
        second = run(settings).catch((error) => error);
        await second;
      },
    });
    expect(await second).toMatchObject({ code: 'TUWEN_LOCKED' });
  });
});

/** The share, in percent, of texts whose nearest picture is theirs, and of pictures: by the loaded model. */
async function firstRecall(checkpoint: string) {
  await using clip = await loadClip(checkpoint, { threads: 1 });
  await using data = await openDataSet(fixture('lmdb/tsv'), { split: 'valid' });
  const pictures: { id: unknown; vector: Float32Array }[] = [];
  for await (const { id, bytes } of data.pictures()) {
    const { data: vector } = await clip.embedImages(await bytes(), { orient: false });
    pictures.push({ id, vector });
  }
  const texts: { right: readonly unknown[]; vector: Float32Array }[] = [];
  for await (const { text, imageIds } of data.texts()) {
    texts.push({ right: imageIds, vector: (await clip.embedTexts(text.toLowerCase())).data });
  }
  const best = <A, B>(from: A, among: readonly B[], score: (a: A, b: B) => number) =>
    among.reduce((a, b) => (score(from, b) > score(from, a) ? b : a));
  const score = (a: { vector: Float32Array }, b: { vector: Float32Array }) => dot(a.vector, b.vector);
  const share = (hits: readonly boolean[]) => (hits.filter(Boolean).length / hits.length) * 100;
  return {
    textRecall: share(texts.map((text) => text.right.includes(best(text, pictures, score).id))),
    imageRecall: share(pictures.map((picture) => best(picture, texts, score).right.includes(picture.id))),
  };
}
