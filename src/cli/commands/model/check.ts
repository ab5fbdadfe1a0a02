import { Command } from '@commander-js/extra-typings';
import {
  type CheckReport,
  type CheckResult,
  checkModel,
  defaultModel,
  resolveModel,
} from '../../../clip/index.ts';
import { EXIT } from '../../failure.ts';
import { showingDownload } from '../../hub.ts';
import { jsonOption, langOption, threadsOption } from '../../options.ts';
import { print } from '../../output.ts';
import { progressBar } from '../../progress-bar.ts';
import { cells, padEnd, type Style, styleFor } from '../../terminal.ts';
import { texts } from '../../texts/index.ts';

export function checkCommand(signal: AbortSignal) {
  const { modelCheck: words } = texts();
  return new Command('check')
    .description(words.about)
    .argument('[model]', words.model)
    .option('--image <file>', words.image)
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (model, { image, threads, json }) => {
      const name = model ?? (await defaultModel())?.model ?? '';
      await showingDownload(name, (onProgress) => resolveModel(model, { signal, onProgress }));
      const bar = progressBar(words.checking);
      const report = await checkModel(model, { image, threads, signal, onProgress: bar.onProgress }).finally(
        () => bar.end(),
      );
      await print(json ? JSON.stringify(report) : lines(report, styleFor(process.stdout)).join('\n'));
      if (!report.passed) process.exitCode = EXIT.failed;
    });
}

/** The report as a table, with a title above and the counts below. */
function lines({ model, layout, architecture, checks }: CheckReport, style: Style): string[] {
  const { modelCheck: words } = texts();
  const { columns } = words;
  const rows = checks.map((result) => [words.checks[result.name], words.status[result.status], told(result)]);
  const widths = [0, 1].map((i) =>
    Math.max(...[Object.values(columns), ...rows].map((row) => cells(row[i]!))),
  );
  const line = ([name, result, what]: readonly string[]) =>
    `${padEnd(name!, widths[0]!)}  ${padEnd(result!, widths[1]!)}  ${what}`;
  const paint = { passed: (text: string) => text, failed: style.bad, skipped: style.dim } as const;
  const count = (status: CheckResult['status']) => checks.filter((check) => check.status === status).length;
  return [
    `${model} (${layout}, ${architecture === null ? words.noSize : words.size(architecture)})`,
    '',
    style.dim(line(Object.values(columns))),
    ...rows.map((row, i) => paint[checks[i]!.status](line(row))),
    '',
    words.verdict(count('passed'), count('failed'), count('skipped')),
  ];
}

const SHOWN = 3;

/** What a check saw, in words: how much, how far off, what is wrong, or why it did not look. */
function told({ name, count, wrong, deviation, reason }: CheckResult): string {
  const { modelCheck: words } = texts();
  if (reason) return words.reasons[reason];
  const parts = [words.seen[name](count)];
  if (deviation) {
    const { largestDifference, differenceLimit, lowestCosine, cosineLimit } = deviation;
    const difference = largestDifference.toExponential(1);
    parts.push(
      differenceLimit === undefined
        ? words.largest(difference)
        : words.largestOf(difference, differenceLimit.toExponential(0)),
    );
    if (lowestCosine !== undefined)
      parts.push(
        cosineLimit === undefined
          ? words.cosine(lowestCosine.toFixed(6))
          : words.cosineOf(lowestCosine.toFixed(6), String(cosineLimit)),
      );
  }
  if (wrong.length > 0) {
    const named = wrong.slice(0, SHOWN).map((each) => JSON.stringify(each));
    parts.push(words.wrong(wrong.length, [...named, ...(wrong.length > SHOWN ? ['…'] : [])].join(', ')));
  }
  return parts.join('; ');
}
