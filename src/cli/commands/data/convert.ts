import { Command, Option } from '@commander-js/extra-typings';
import { convertDataSet } from '../../../data/index.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print } from '../../output.ts';
import { texts } from '../../texts/index.ts';
import {
  FORMS,
  forceOption,
  formOption,
  skipBrokenOption,
  splitsOption,
  tell,
  withProgress,
} from './shared.ts';

export function convertCommand(signal: AbortSignal) {
  const { dataConvert: words } = texts();
  return new Command('convert')
    .description(words.about)
    .argument('<input>', words.input)
    .argument('<output>', words.output)
    .addOption(new Option('--to <form>', words.to).choices(FORMS).makeOptionMandatory())
    .addOption(formOption())
    .addOption(splitsOption())
    .addOption(skipBrokenOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (input, output, { to, json, ...choices }) => {
      const report = await withProgress(choices, signal, (options) =>
        convertDataSet(input, output, { to, ...options }),
      );
      if (json) return print(JSON.stringify(report));
      tell(report);
    });
}
