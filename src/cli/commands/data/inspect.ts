import { Command } from '@commander-js/extra-typings';
import { type Inspection, inspectDataSet } from '../../../data/index.ts';
import { EXIT } from '../../failure.ts';
import { jsonOption, langOption, wholeNumber } from '../../options.ts';
import { print } from '../../output.ts';
import { texts } from '../../texts/index.ts';
import { inspectionLines } from './inspection-lines.ts';
import { dataProgress, formOption, splitsOption } from './shared.ts';

const BATCH = 1024;
const CONTEXT = 52;
const PREVIEW = 3;

export function inspectCommand(signal: AbortSignal) {
  const { dataInspect: words } = texts();
  return new Command('inspect')
    .description(words.about)
    .argument('<path>', words.path)
    .option('--sample <n>', words.sample, wholeNumber)
    .option('--batch <n>', words.batch, wholeNumber, BATCH)
    .option('--context <n>', words.context, wholeNumber, CONTEXT)
    .option('--preview <n>', words.preview, wholeNumber, PREVIEW)
    .addOption(formOption())
    .addOption(splitsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (path, { form, splits, sample, batch, context, preview, json }) => {
      const bar = dataProgress();
      const report = await inspectDataSet(path, {
        ...(form && { form }),
        ...(splits && { splits }),
        ...(sample && { sample }),
        ...{ batch, contextLength: context, preview, signal, onProgress: bar.onProgress },
      }).finally(() => bar.end());
      await print(json ? inspectionJson(report) : inspectionLines(report).join('\n'));
      if (report.splits.some(({ findings }) => findings.some(({ serious }) => serious))) {
        process.exitCode = EXIT.failed;
      }
    });
}

/** Ids beyond a double's whole numbers are written as such. */
function inspectionJson(report: Inspection): string {
  const large: string[] = [];
  const json = JSON.stringify(report, (_, value) => {
    if (typeof value !== 'bigint') return value;
    large.push(String(value));
    return `\u0000${large.length - 1}`;
  });
  return json.replace(/"\\u0000(\d+)"/g, (_, place) => large[Number(place)]!);
}
