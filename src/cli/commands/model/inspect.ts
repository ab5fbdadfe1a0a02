import { Command } from '@commander-js/extra-typings';
import { inspectModel, resolveModel } from '../../../clip/index.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print } from '../../output.ts';
import { progressBar } from '../../progress-bar.ts';
import { texts } from '../../texts/index.ts';
import { descriptionLines } from './description.ts';

export function inspectCommand(signal: AbortSignal) {
  const { modelInspect: inspect } = texts();
  return new Command('inspect')
    .description(inspect.about)
    .argument('<model>', inspect.model)
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${inspect.after}`)
    .action(async (model, { json }) => {
      const bar = progressBar(texts().model.reading);
      const { path } = await resolveModel(model, { signal, onProgress: bar.onProgress }).finally(() =>
        bar.end(),
      );
      const description = await inspectModel(path);
      if (!json) return print(descriptionLines(description).join('\n'));
      const { problem, ...rest } = description;
      const { code, message, remedy } = problem ?? {};
      return print(JSON.stringify({ ...rest, problem: problem && { code, message, remedy } }));
    });
}
