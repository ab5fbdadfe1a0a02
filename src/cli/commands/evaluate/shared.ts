/** What the commands of evaluation share: models side by side, progress, reports in a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { fileError, type OnProgress, type TuwenError } from '../../../base/index.ts';
import type { Precision } from '../../../clip/index.ts';
import type { ModelSource } from '../../../evaluate/index.ts';
import { describe, EXIT } from '../../failure.ts';
import { openModel } from '../../model.ts';
import type { ModelOptions } from '../../options.ts';
import { print, say } from '../../output.ts';
import { type ProgressBar, progressBar } from '../../progress-bar.ts';
import { texts } from '../../texts/index.ts';

const PRECISIONS: readonly Precision[] = ['fp32', 'int8'];

/** Where reports go unless told. */
export const OUTPUT = 'evaluation';

export const compareOption = () => new Option('--compare <models...>', texts().evaluate.compare);
export const precisionsOption = () =>
  new Option('--precision <list>', texts().evaluate.precision).argParser(precisionList);
export const outputOption = () =>
  new Option('-o, --output <folder>', texts().evaluate.output).default(OUTPUT);
export const skipOption = () => new Option('--skip-unreadable', texts().evaluate.skipUnreadable);

function precisionList(value: string): Precision[] {
  const list = value.split(/[,，、]/).map((each) => each.trim());
  const known = list.flatMap((each) => PRECISIONS.filter((precision) => precision === each));
  if (known.length === list.length) return known;
  throw new InvalidArgumentError(texts().usage.oneOf(PRECISIONS.join(', ')));
}

export interface SideBySide extends Omit<ModelOptions, 'precision'> {
  readonly compare?: readonly string[] | undefined;
  readonly precision?: readonly Precision[] | undefined;
}

/** Every model in every precision, the first model's first. */
export function modelsOf(options: SideBySide, signal: AbortSignal): ModelSource[] {
  const { model, compare = [], precision = ['fp32'], device, threads } = options;
  return [model, ...compare].flatMap((name) =>
    precision.map((each) => () => openModel({ model: name, precision: each, device, threads }, signal)),
  );
}

/** Progress of work that counts pictures, texts, labels and pairs in turn. */
export function progressOf(): { readonly onProgress: OnProgress; say(line: string): void; end(): void } {
  let current: { unit: string; bar: ProgressBar } | undefined;
  const end = () => {
    current?.bar.end();
    current = undefined;
  };
  return {
    onProgress(progress) {
      if (current?.unit !== progress.unit) {
        end();
        current = { unit: progress.unit, bar: progressBar(labelOf(progress.unit)) };
      }
      current.bar.onProgress(progress);
    },
    say: (line) => (current ? current.bar.say(line) : say(line)),
    end,
  };
}

function labelOf(unit: string): string {
  const { progress, evaluate } = texts();
  const labels: Record<string, string> = {
    image: progress.images,
    text: progress.texts,
    label: evaluate.labels,
    pair: evaluate.pairs,
  };
  return labels[unit] ?? unit;
}

/** Says which picture could not be read; the command ends as failed. */
export function tellFailure(say: (line: string) => void): (picture: unknown, error: TuwenError) => void {
  return (_, error) => {
    say(describe(error));
    process.exitCode = EXIT.failed;
  };
}

export interface Written {
  readonly json: string;
  readonly markdown: string;
  readonly html: string;
}

/** Writes a report in its three forms, and prints it. */
export async function publish(folder: string, report: Written, asJson: boolean | undefined): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'report.json'), `${report.json}\n`);
    await writeFile(join(folder, 'report.md'), report.markdown);
    await writeFile(join(folder, 'report.html'), report.html);
  } catch (cause) {
    throw fileError(folder, cause);
  }
  await print(asJson ? report.json : report.markdown.trimEnd());
  say(texts().evaluate.written(join(folder, 'report.html')));
}
