/**
 * `npx tsx bench/serve.ts [--model folder] [--threads 2] [--seconds 5] [--minutes 0]`: the HTTP server under load, on
 * this machine's loopback: rate and times against the number of callers, in batches and one by one; every answer is
 * held to the direct call. With `--minutes`, its memory over that time. Build first: `npm run build`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Load, load, type Question } from './http-load.ts';
import { ROOT } from './paths.ts';
import { percentile } from './statistics.ts';

const CALLERS = [1, 4, 16, 64];
const MEMORY_CALLERS = 16;
const SAMPLE_SECONDS = 10;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(ROOT, 'models/mini/model') },
    threads: { type: 'string', default: String(availableParallelism()) },
    seconds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '0' },
  },
});

const questions = await questionsOf(values.model, Number(values.threads));
if (Number(values.minutes) > 0) await measureMemory(Number(values.minutes));
else await measureRates(Number(values.seconds));

/** Texts and pictures, each with the vector of a direct call. */
async function questionsOf(
  model: string,
  threads: number,
): Promise<{ texts: Question[]; pictures: Question[] }> {
  const { loadClip } = (await import('../dist/index.js' as string)) as typeof import('../src/index.ts');
  await using clip = await loadClip(model, { threads });
  const words = [
    '猫',
    '一只猫坐在窗台上看雪',
    '过年时门上贴的红色对联',
    '自行车',
    '一条很长的路通向远处的雪山和蓝天',
  ];
  const texts = Array.from(
    { length: 40 },
    (_, i) => `${words[i % words.length]}${'，好看'.repeat(i % 4)}${i}`,
  );
  const folder = join(ROOT, 'examples/pictures');
  const files = readdirSync(folder).filter((name) => name.endsWith('.png'));
  const bytes = files.map((name) => readFileSync(join(folder, name)));
  const question = (input: unknown, vector: Float32Array): Question => ({
    body: JSON.stringify({ input, encoding_format: 'base64' }),
    vector,
  });
  const [textVectors, pictureVectors] = [await clip.embedTexts(texts), await clip.embedImages(bytes)];
  return {
    texts: texts.map((text, i) => question(text, textVectors.at(i))),
    pictures: bytes.map((each, i) => question({ image: each.toString('base64') }, pictureVectors.at(i))),
  };
}

async function started(batches: 'on' | 'off'): Promise<{ address: string; child: ChildProcess }> {
  const worker = join(ROOT, 'bench/workers/http.mjs');
  const child = spawn(process.execPath, [worker, values.model, values.threads, batches], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [address] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return { address, child };
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.stdin!.end();
  await ended;
}

async function measureRates(seconds: number): Promise<void> {
  console.log(
    '| what | callers | batches | a second | p50 ms | p99 ms | items a batch | lost | wrong | largest difference |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const kind of ['texts', 'pictures'] as const) {
    for (const batches of ['on', 'off'] as const) {
      const { address, child } = await started(batches);
      await load(address, questions[kind], { callers: 4, seconds: 1 });
      await checkTheCheck(address, questions[kind]);
      for (const callers of CALLERS) {
        const before = await batchesOf(address, kind);
        const result = await load(address, questions[kind], { callers, seconds });
        const after = await batchesOf(address, kind);
        const size = (after.items - before.items) / (after.count - before.count);
        console.log(row(kind, callers, batches, result, size));
      }
      await stopped(child);
    }
  }
}

/** A wrong answer would be seen: each question with the vector of another one is wrong every time. */
async function checkTheCheck(address: string, questions: readonly Question[]): Promise<void> {
  const swapped = questions.map(({ body }, i) => ({ body, vector: questions.at(i - 1)!.vector }));
  const { times, wrong, lost } = await load(address, swapped, { callers: 4, seconds: 0.5 });
  if (times.length === 0 || lost > 0 || wrong !== times.length)
    throw new Error(`${wrong} of ${times.length} answers were wrong, where all should be`);
}

function row(kind: string, callers: number, batches: string, result: Load, size: number): string {
  const { times, seconds, lost, wrong, largestDifference } = result;
  const cells = [
    kind,
    callers,
    batches,
    (times.length / seconds).toFixed(0),
    percentile(times, 0.5).toFixed(1),
    percentile(times, 0.99).toFixed(1),
    size.toFixed(1),
    lost,
    wrong,
    largestDifference.toExponential(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Texts and pictures in turn; the server's memory every ten seconds. */
async function measureMemory(minutes: number): Promise<void> {
  const { address, child } = await started('on');
  const mixed = questions.texts.flatMap((text, i) => [
    text,
    questions.pictures[i % questions.pictures.length]!,
  ]);
  await load(address, mixed, { callers: MEMORY_CALLERS, seconds: SAMPLE_SECONDS });
  const totals = { answers: 0, lost: 0, wrong: 0 };
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    const { times, lost, wrong } = await load(address, mixed, {
      callers: MEMORY_CALLERS,
      seconds: SAMPLE_SECONDS,
    });
    totals.answers += times.length;
    totals.lost += lost;
    totals.wrong += wrong;
    const megabytes = (await sampleOf(address, 'process_resident_memory_bytes')) / 2 ** 20;
    console.log(JSON.stringify({ megabytes: Math.round(megabytes), ...totals }));
  }
  await stopped(child);
}

async function batchesOf(
  address: string,
  kind: 'texts' | 'pictures',
): Promise<{ items: number; count: number }> {
  const label = `{kind="${kind.slice(0, -1)}"}`;
  return {
    items: await sampleOf(address, `tuwen_batch_items_sum${label}`),
    count: await sampleOf(address, `tuwen_batch_items_count${label}`),
  };
}

/** A number of the server's own page of metrics. */
async function sampleOf(address: string, sample: string): Promise<number> {
  const page = await (await fetch(`${address}/metrics`)).text();
  const line = page.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1) ?? 0);
}
