import { Command } from '@commander-js/extra-typings';
import { type DuplicateGroup, openCollection } from '../../search/index.ts';
import {
  collectionOption,
  cosineValue,
  placeOf,
  storeOption,
  whereOption,
  withCollection,
} from '../collections.ts';
import { jsonOption, langOption } from '../options.ts';
import { print } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';

export function duplicatesCommand(signal: AbortSignal) {
  const { duplicates } = texts().collections;
  return new Command('duplicates')
    .description(duplicates.about)
    .option('--min-score <cosine>', duplicates.minScore, cosineValue)
    .addOption(whereOption())
    .addOption(collectionOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${duplicates.after}`)
    .action(async ({ minScore, where, json, ...options }) => {
      const bar = progressBar(texts().progress.images);
      let [groups, spare] = [0, 0];
      try {
        await withCollection(await openCollection(placeOf(options)), async (collection) => {
          const found = collection.duplicates({
            signal,
            onProgress: bar.onProgress,
            ...(minScore !== undefined && { minScore }),
            ...(where !== undefined && { where }),
          });
          for await (const group of found) {
            groups += 1;
            spare += group.length - 1;
            await print(json ? JSON.stringify({ items: group }) : inWords(group));
          }
        });
      } finally {
        bar.end();
      }
      if (!json) await print(groups === 0 ? duplicates.none : duplicates.total(groups, spare));
    });
}

function inWords(group: DuplicateGroup): string {
  const style = styleFor(process.stdout);
  const title = style.bold(texts().collections.duplicates.group(group.length));
  const lines = group.map(({ path, score }) => `  ${score.toFixed(4)}  ${path}`);
  return [title, ...lines, ''].join('\n');
}
