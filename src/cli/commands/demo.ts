import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from '@commander-js/extra-typings';
import { isTuwenError } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import { openCollection } from '../../search/index.ts';
import { startServer } from '../../server/index.ts';
import { ask } from '../ask.ts';
import { withModel } from '../model.ts';
import { langOption, portNumber, threadsOption } from '../options.ts';
import { print } from '../output.ts';
import { type BarRow, barTable, percent } from '../table.ts';
import { styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';

const PICTURES = fileURLToPath(new URL('../../../examples/pictures', import.meta.url));
const PICTURE = '西瓜.png';
const NAMES = ['西瓜', '草莓', '足球', '自行车', '雪山'];
const QUERY = '拉小提琴';

export function demoCommand(signal: AbortSignal) {
  const { demo } = texts();
  return new Command('demo')
    .description(demo.about)
    .option('--page', demo.page)
    .option('--port <n>', demo.port, portNumber)
    .addOption(threadsOption())
    .addOption(langOption())
    .action(({ page, port, threads }) =>
      withModel({ model: 'mini', threads }, signal, async (clip) => {
        const { demo } = texts();
        const style = styleFor(process.stdout);
        if (page) return showPage(clip, port, signal);
        await print(`\n${style.bold(demo.title)}\n`);
        await showMatch(clip, signal);
        await showSearch(clip, signal);
        await print(style.bold(demo.next));
        await print(`${demo.mini}\n\n${indented(demo.commands)}\n\n${demo.help}\n`);
        if (await wantsPage(signal)) await showPage(clip, port, signal);
      }),
    );
}

/** Offers the page: asks who sits at a terminal, and tells the others which command shows it. */
async function wantsPage(signal: AbortSignal): Promise<boolean> {
  const { demo } = texts();
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    await print(demo.offer);
    return false;
  }
  const answer = await ask(`${demo.ask} `, process.stdout, signal);
  return answer !== undefined && !/^\s*(n|q|不|否)/i.test(answer);
}

/** Takes the shipped pictures into a collection of their own, and shows it until told to end. */
async function showPage(clip: Clip, port: number | undefined, signal: AbortSignal): Promise<void> {
  const name = `tuwen-demo-${clip.info.fingerprint.slice(0, 8)}`;
  await using collection = await openCollection({ name, clip, create: true });
  await collection.sync([PICTURES], { signal, wait: true });
  const options = { clip, collections: [name] };
  await using server = await startServer({ ...options, ...(port !== undefined && { port }) }).catch(
    (error) => {
      if (port !== undefined || !isTuwenError(error, 'TUWEN_ADDRESS_UNAVAILABLE')) throw error;
      return startServer({ ...options, port: 0 });
    },
  );
  await print(texts().demo.pageAt(server.address));
  if (!signal.aborted) await once(signal, 'abort');
  process.exitCode = 0;
}

async function showMatch(clip: Clip, signal: AbortSignal): Promise<void> {
  const matches = await clip.match(join(PICTURES, PICTURE), NAMES, { signal });
  const rows = matches.map(({ text, probability }) => ({
    name: glossed(text),
    share: probability,
    values: [percent(probability)],
  }));
  const { demo, match } = texts();
  const titles = [match.columns.text, match.columns.probability];
  await section(demo.which(join('examples/pictures', PICTURE)), rows, titles);
}

async function showSearch(clip: Clip, signal: AbortSignal): Promise<void> {
  const names = (await readdir(PICTURES)).filter((name) => extname(name) === '.png').sort();
  const pictures = await clip.embedImages(
    names.map((name) => join(PICTURES, name)),
    { signal },
  );
  const cosines = (await clip.embedTexts(QUERY, { signal })).similarity(pictures);
  // A cosine of a good match is far below 1: the longest bar is the best one's.
  const best = Math.max(...cosines, 1e-6);
  const rows = names
    .map((name, i) => ({ name, share: cosines[i]! / best, values: [cosines[i]!.toFixed(3)] }))
    .sort((a, b) => b.share - a.share);
  const { demo, match } = texts();
  await section(demo.find(glossed(QUERY), names.length), rows, [demo.picture, match.columns.cosine]);
}

async function section(title: string, rows: readonly BarRow[], columns: readonly string[]): Promise<void> {
  const style = styleFor(process.stdout);
  await print(`${style.bold(title)}\n\n${indented(barTable(rows, style, columns).join('\n'))}\n`);
}

/** A name, with its meaning for those who do not read Chinese. */
function glossed(name: string): string {
  const gloss = texts().demo.glosses[name];
  return gloss === undefined ? name : `${name} ${gloss}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
