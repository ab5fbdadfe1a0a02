import { Command } from '@commander-js/extra-typings';
import { isTuwenError, type OnProgress } from '../../base/index.ts';
import { type Collection, openCollection, type SyncOptions, type SyncReport } from '../../search/index.ts';
import { collectionOption, modelFor, peek, placeOf, storeOption, withCollection } from '../collections.ts';
import { describe, EXIT } from '../failure.ts';
import { withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  precisionOption,
  threadsOption,
} from '../options.ts';
import { print, say } from '../output.ts';
import { type ProgressBar, progressBar } from '../progress-bar.ts';
import { styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';
import { UsageError } from '../usage.ts';

export function indexCommand(signal: AbortSignal) {
  const { index } = texts().collections;
  return new Command('index')
    .description(index.about)
    .argument('[folder...]', index.folders)
    .addOption(collectionOption())
    .addOption(storeOption())
    .option('--watch', index.watch)
    .option('--retry', index.retry)
    .option('--wait', index.wait)
    .option('--forget <folder>', index.forget)
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${index.after}`)
    .action(async (folders, options) => {
      if (options.forget !== undefined) {
        if (folders.length > 0 || options.watch) throw new UsageError(index.forgetAlone);
        return forget(options.forget, options);
      }
      const known = await peek(options);
      if (folders.length === 0 && !known?.folders.length) throw new UsageError(index.nothing);
      const model = modelFor(options.model, known);
      await withModel({ ...options, model }, signal, async (clip) => {
        const opened = await openCollection({ ...placeOf(options), clip, create: true });
        await withCollection(opened, async (collection) => {
          if (options.watch) return watch(collection, folders, options, signal);
          const report = await withBars((bars) =>
            collection.sync(folders, { ...syncOptions(options, bars), signal }),
          );
          await tell(report, collection, options);
        });
      });
    });
}

interface Choices {
  readonly collection?: string | undefined;
  readonly store?: string | undefined;
  readonly retry?: true | undefined;
  readonly wait?: true | undefined;
  readonly json?: true | undefined;
}

interface Bars {
  readonly onProgress: OnProgress;
  say(line: string): void;
}

/** One bar after another: files are looked at, pictures taken in, vectors arranged. */
async function withBars<T>(work: (bars: Bars) => Promise<T>): Promise<T> {
  const { progress, collections } = texts();
  const labels: Readonly<Record<string, string>> = {
    file: collections.index.looking,
    image: progress.images,
    vector: collections.index.arranging,
  };
  let unit = 'file';
  let bar: ProgressBar = progressBar(labels[unit]!);
  const onProgress: OnProgress = (state) => {
    if (state.unit !== unit) {
      bar.end();
      unit = state.unit;
      bar = progressBar(labels[unit] ?? unit);
    }
    bar.onProgress(state);
  };
  try {
    return await work({ onProgress, say: (line) => bar.say(line) });
  } finally {
    bar.end();
  }
}

function syncOptions({ retry, wait }: Choices, { onProgress, say: tellAbove }: Bars): SyncOptions {
  const onFailure = (path: string, error: Error) =>
    tellAbove(isTuwenError(error) ? describe(error) : `${path}: ${error.message}`);
  return { onProgress, onFailure, ...(retry && { retry }), ...(wait && { wait }) };
}

async function watch(
  collection: Collection,
  folders: readonly string[],
  options: Choices,
  signal: AbortSignal,
): Promise<void> {
  let isFirst = true;
  await withBars((bars) =>
    collection.watch(folders, {
      ...syncOptions(options, bars),
      signal,
      onSync: (report) => {
        const changed = report.added + report.updated + report.removed > 0;
        if (isFirst || changed) void print(options.json ? JSON.stringify(report) : changes(report));
        if (isFirst && !options.json) bars.say(texts().collections.index.watching);
        isFirst = false;
      },
    }),
  );
}

async function tell(report: SyncReport, collection: Collection, { json }: Choices): Promise<void> {
  const { index } = texts().collections;
  if (report.failed.length > 0) process.exitCode = EXIT.failed;
  if (json) return print(JSON.stringify(report));
  const { name, count } = await collection.info();
  const style = styleFor(process.stdout);
  await print(`${style.bold(index.done(name, count))}\n  ${changes(report)}`);
  if (report.failed.length > 0) say(index.failed(report.failed.length));
  else if (report.added > 0) say(style.dim(index.next));
}

function changes({ added, updated, removed, unchanged }: SyncReport): string {
  return texts().collections.index.changes(added, updated, removed, unchanged);
}

async function forget(folder: string, options: Choices): Promise<void> {
  await withCollection(await openCollection(placeOf(options)), async (collection) => {
    const removed = await collection.forget(folder);
    if (options.json)
      return print(JSON.stringify({ added: 0, updated: 0, removed, unchanged: 0, failed: [] }));
    await print(texts().collections.index.forgotten(folder, removed));
  });
}
