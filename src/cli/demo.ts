import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from '@commander-js/extra-typings';
import type { Clip } from '../clip/index.ts';
import { withModel } from './model.ts';
import { langOption, threadsOption } from './options.ts';
import { print } from './output.ts';
import { barTable, percent } from './table.ts';
import { styleFor } from './terminal.ts';
import { texts } from './texts.ts';

const PICTURES = fileURLToPath(new URL('../../examples/pictures', import.meta.url));
const PICTURE = '西瓜.png';
const NAMES = ['西瓜', '草莓', '足球', '自行车', '雪山'];
const QUERY = '消防车';

export function demoCommand(signal: AbortSignal) {
  return new Command('demo')
    .description(texts().demo.about)
    .addOption(threadsOption())
    .addOption(langOption())
    .action(({ threads }) =>
      withModel({ model: 'mini', threads }, signal, async (clip) => {
        const { demo } = texts();
        const style = styleFor(process.stdout);
        await print(`\n${style.bold(demo.title)}\n`);
        await showMatch(clip, signal);
        await showSearch(clip, signal);
        await print(style.bold(demo.next));
        await print(`${demo.mini}\n\n${indented(demo.commands)}\n\n${demo.help}\n`);
      }),
    );
}

async function showMatch(clip: Clip, signal: AbortSignal): Promise<void> {
  const matches = await clip.match(join(PICTURES, PICTURE), NAMES, { signal });
  const rows = matches.map(({ text, probability }) => ({
    name: glossed(text),
    share: probability,
    values: [percent(probability)],
  }));
  await section(texts().demo.which(join('examples/pictures', PICTURE)), rows);
}

async function showSearch(clip: Clip, signal: AbortSignal): Promise<void> {
  const names = (await readdir(PICTURES)).filter((name) => extname(name) === '.png').sort();
  const pictures = await clip.embedImages(
    names.map((name) => join(PICTURES, name)),
    { signal },
  );
  const cosines = (await clip.embedTexts(QUERY, { signal })).similarity(pictures);
  const rows = names
    .map((name, i) => ({ name, share: cosines[i]!, values: [cosines[i]!.toFixed(3)] }))
    .sort((a, b) => b.share - a.share);
  await section(texts().demo.find(glossed(QUERY), names.length), rows);
}

async function section(title: string, rows: Parameters<typeof barTable>[0]): Promise<void> {
  const style = styleFor(process.stdout);
  await print(`${style.bold(title)}\n\n${indented(barTable(rows, style).join('\n'))}\n`);
}

/** A name, with its meaning for those who do not read Chinese. */
function glossed(name: string): string {
  const gloss = texts().demo.glosses[name];
  return gloss === undefined ? name : `${name} ${gloss}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
