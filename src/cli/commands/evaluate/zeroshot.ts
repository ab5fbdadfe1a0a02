import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { TEMPLATES } from '../../../clip/index.ts';
import {
  evaluateZeroShot,
  openClassSet,
  readTemplates,
  reportJson,
  type ZeroShotTask,
  zeroShotHtml,
  zeroShotMarkdown,
} from '../../../evaluate/index.ts';
import { deviceOption, jsonOption, langOption, modelOption, threadsOption } from '../../options.ts';
import { texts } from '../../texts/index.ts';
import {
  compareOption,
  modelsOf,
  outputOption,
  precisionsOption,
  progressOf,
  publish,
  skipOption,
  tellFailure,
} from './shared.ts';

export function zeroShotCommand(signal: AbortSignal) {
  const { evaluate } = texts();
  return new Command('zeroshot')
    .description(evaluate.zeroshot)
    .requiredOption('--data <folders...>', evaluate.classFolders)
    .option('--split <name>', evaluate.split)
    .option('--labels-file <file>', evaluate.labelsFile)
    .option('--templates <file>', evaluate.templates)
    .option('--dataset <name>', evaluate.dataset)
    .option('--index <file>', evaluate.index)
    .addOption(modelOption())
    .addOption(compareOption())
    .addOption(precisionsOption())
    .addOption(skipOption())
    .addOption(outputOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${evaluate.afterZeroshot}`)
    .action(async (options) => {
      const tasks: ZeroShotTask[] = [];
      for (const path of options.data) tasks.push(await taskOf(path, options));
      const progress = progressOf();
      const running = evaluateZeroShot(tasks, modelsOf(options, signal), {
        folder: options.output,
        skipUnreadable: options.skipUnreadable ?? false,
        signal,
        onProgress: progress.onProgress,
        onFailure: tellFailure(progress.say),
        onRun: (set, model) => progress.say(evaluate.running(set.name, model.name, model.precision)),
      });
      const report = await running.finally(progress.end);
      const written = {
        json: reportJson(report),
        markdown: zeroShotMarkdown(report),
        html: await zeroShotHtml(report),
      };
      await publish(options.output, written, options.json);
    });
}

interface Choices {
  readonly split?: string | undefined;
  readonly labelsFile?: string | undefined;
  readonly templates?: string | undefined;
  readonly dataset?: string | undefined;
  readonly index?: string | undefined;
}

/** A set with its sentences; ELEVATER's `index.json` counts for its test split where it is there. */
async function taskOf(
  path: string,
  { split, labelsFile, templates, dataset, index }: Choices,
): Promise<ZeroShotTask> {
  const set = await openClassSet(path, { ...(split && { split }), ...(labelsFile && { labelsFile }) });
  const name = dataset ?? set.name;
  const beside = join(set.path, 'index.json');
  const indexFile = index ?? (set.split === 'test' && existsSync(beside) ? beside : undefined);
  return {
    set,
    dataset: name,
    templates: templates === undefined ? TEMPLATES : await readTemplates(templates, name),
    ...(indexFile && { indexFile }),
  };
}
