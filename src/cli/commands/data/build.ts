import { Command } from '@commander-js/extra-typings';
import { buildDataSet } from '../../../data/index.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print } from '../../output.ts';
import { texts } from '../../texts/index.ts';
import { forceOption, formOption, skipBrokenOption, splitsOption, tell, withProgress } from './shared.ts';

export function buildCommand(signal: AbortSignal) {
  const { dataBuild: words } = texts();
  return new Command('build')
    .description(words.about)
    .argument('<input>', words.input)
    .option('-o, --output <folder>', words.output)
    .addOption(formOption())
    .addOption(splitsOption())
    .addOption(skipBrokenOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (input, { output, json, ...choices }) => {
      const reports = await withProgress(choices, signal, (options) => buildDataSet(input, output, options));
      if (json) return print(JSON.stringify(reports));
      for (const report of reports) tell(report);
    });
}
