import { Command } from '@commander-js/extra-typings';
import { errorOf, placeOf } from '../../clip/index.ts';
import { withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  precisionOption,
  threadsOption,
} from '../options.ts';
import { print } from '../output.ts';
import { barTable, percent } from '../table.ts';
import { styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';

export function matchCommand(signal: AbortSignal) {
  const { match } = texts();
  return new Command('match')
    .description(match.about)
    .argument('<image>', match.image)
    .argument('<text...>', match.text)
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${match.after}`)
    .action((image, candidates, options) =>
      withModel(options, signal, async (clip) => {
        const matches = await clip.match(image, candidates, { signal }).catch((error) => {
          throw placeOf(error) === undefined ? error : errorOf(image, error);
        });
        if (options.json) return print(JSON.stringify({ model: clip.info.name, image, matches }));
        const rows = matches.map(({ text, probability, cosine }) => ({
          name: text,
          share: probability,
          values: [percent(probability), cosine.toFixed(4)],
        }));
        const titles = [match.columns.text, match.columns.probability, match.columns.cosine];
        await print(barTable(rows, styleFor(process.stdout), titles).join('\n'));
      }),
    );
}
