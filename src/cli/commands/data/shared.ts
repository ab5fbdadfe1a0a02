/** What the commands on data sets share. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { OnProgress } from '../../../base/index.ts';
import type { ConvertOptions, ConvertReport, Form } from '../../../data/index.ts';
import { describe } from '../../failure.ts';
import { say } from '../../output.ts';
import { type ProgressBar, progressBar } from '../../progress-bar.ts';
import { texts } from '../../texts/index.ts';

export const FORMS = ['tsv', 'lmdb', 'webdataset', 'parquet', 'folder'] as const satisfies readonly Form[];

export const formOption = () => new Option('--form <form>', texts().dataGroup.form).choices(FORMS);
export const splitsOption = () =>
  new Option('--splits <list>', texts().dataGroup.splits).argParser(splitList);
export const skipBrokenOption = () => new Option('--skip-broken', texts().dataGroup.skipBroken);
export const forceOption = () => new Option('--force', texts().dataGroup.force);

function splitList(value: string): string[] {
  const splits = value
    .split(/[,，、]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (splits.length === 0) throw new InvalidArgumentError(texts().dataGroup.noSplit);
  return [...new Set(splits)];
}

/** A bar for pictures, then one for texts, and so on with each split. */
export function dataProgress(): { readonly onProgress: OnProgress; say(line: string): void; end(): void } {
  let current: { readonly unit: string; readonly bar: ProgressBar } | undefined;
  return {
    onProgress(progress) {
      if (current?.unit !== progress.unit) {
        current?.bar.end();
        const { images, texts: words } = texts().progress;
        current = { unit: progress.unit, bar: progressBar(progress.unit === 'image' ? images : words) };
      }
      current.bar.onProgress(progress);
    },
    say: (line) => (current ? current.bar.say(line) : say(line)),
    end: () => current?.bar.end(),
  };
}

interface Choices {
  readonly form?: Form | undefined;
  readonly splits?: readonly string[] | undefined;
  readonly skipBroken?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** Runs a conversion with progress; what is left out is said at once. */
export async function withProgress<T>(
  { form, splits, skipBroken = false, force = false }: Choices,
  signal: AbortSignal,
  run: (options: ConvertOptions) => Promise<T>,
): Promise<T> {
  const bar = dataProgress();
  return run({
    ...(form && { form }),
    ...(splits && { splits }),
    ...{ skipBroken, force, signal, onProgress: bar.onProgress },
    onLeftOut: (error) => bar.say(describe(error)),
  }).finally(() => bar.end());
}

/** Says what was written. */
export function tell({ output, from, to, splits }: ConvertReport): void {
  const { dataGroup } = texts();
  say(dataGroup.wrote(output, from, to));
  for (const { split, pictures, texts: count, pairs, leftOut } of splits) {
    say(`  ${dataGroup.split(split, pictures, count, pairs)}`);
    if (leftOut.length > 0) say(`  ${dataGroup.leftOut(leftOut.length)}`);
  }
}
