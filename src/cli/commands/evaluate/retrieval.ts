import { Command } from '@commander-js/extra-typings';
import { type DataSet, openDataSet, splitsOf } from '../../../data/index.ts';
import {
  annotationSet,
  evaluateFeatures,
  evaluateRetrieval,
  modelOfFeatures,
  type RetrievalOptions,
  type RetrievalReport,
  type RetrievalSet,
  readFeatures,
  reportJson,
  retrievalHtml,
  retrievalMarkdown,
  retrievalSet,
} from '../../../evaluate/index.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  threadsOption,
  wholeNumber,
} from '../../options.ts';
import { texts } from '../../texts/index.ts';
import { UsageError } from '../../usage.ts';
import {
  compareOption,
  modelsOf,
  outputOption,
  precisionsOption,
  progressOf,
  publish,
  type SideBySide,
  skipOption,
  tellFailure,
} from './shared.ts';

export function retrievalCommand(signal: AbortSignal) {
  const { evaluate } = texts();
  return new Command('retrieval')
    .description(evaluate.retrieval)
    .option('--data <paths...>', evaluate.data)
    .option('--split <name>', evaluate.split)
    .option('--annotations <file>', evaluate.annotations)
    .option('--image-features <file>', evaluate.imageFeatures)
    .option('--text-features <file>', evaluate.textFeatures)
    .addOption(modelOption())
    .addOption(compareOption())
    .addOption(precisionsOption())
    .option('--group-by <fields...>', evaluate.groupBy)
    .option('--top <n>', evaluate.top, wholeNumber)
    .addOption(skipOption())
    .addOption(outputOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${evaluate.afterRetrieval}`)
    .action(async (options) => {
      const given = givenFiles(options);
      const progress = progressOf();
      const running: RetrievalOptions = {
        folder: options.output,
        groupBy: options.groupBy ?? [],
        skipUnreadable: options.skipUnreadable ?? false,
        ...(options.top && { top: options.top }),
        ...(options.threads && { threads: options.threads }),
        signal,
        onProgress: progress.onProgress,
        onFailure: tellFailure(progress.say),
        onRun: (set, model) => progress.say(evaluate.running(set.name, model.name, model.precision)),
      };
      const work = given
        ? fromFeatures(given, running)
        : fromModels(options.data ?? [], options.split, options, running, signal);
      const { report, sets, close } = await work.finally(progress.end);
      const html = await retrievalHtml(report, sets).finally(close);
      const written = { json: reportJson(report), markdown: retrievalMarkdown(report), html };
      await publish(options.output, written, options.json);
    });
}

interface Found {
  readonly report: RetrievalReport;
  readonly sets: readonly RetrievalSet[];
  /** Lets go of the files behind the sets. */
  readonly close: () => Promise<void>;
}

async function fromModels(
  paths: readonly string[],
  split: string | undefined,
  models: SideBySide,
  options: RetrievalOptions,
  signal: AbortSignal,
): Promise<Found> {
  const opened: DataSet[] = [];
  const close = async () => void (await Promise.all(opened.map((data) => data.close())));
  try {
    for (const path of paths) {
      opened.push(await openDataSet(path, { split: split ?? (await testSplit(path)) }));
    }
    const sets = await Promise.all(opened.map(retrievalSet));
    return { report: await evaluateRetrieval(sets, modelsOf(models, signal), options), sets, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The split for which a data set is there to be tested: `test`, else the last one that is known. */
async function testSplit(path: string): Promise<string> {
  const names = (await splitsOf(path)).map(({ split }) => split);
  return names.includes('test') ? 'test' : names.at(-1)!;
}

interface GivenFiles {
  readonly annotations: string;
  readonly imageFeatures: string;
  readonly textFeatures: string;
}

function givenFiles(options: Partial<GivenFiles> & { data?: unknown }): GivenFiles | undefined {
  const { evaluate } = texts();
  const { annotations, imageFeatures, textFeatures, data } = options;
  if (!annotations && !imageFeatures && !textFeatures) {
    if (data === undefined) throw new UsageError(evaluate.noData);
    return undefined;
  }
  if (!annotations || !imageFeatures || !textFeatures || data !== undefined) {
    throw new UsageError(evaluate.allFeatures);
  }
  return { annotations, imageFeatures, textFeatures };
}

async function fromFeatures(files: GivenFiles, options: RetrievalOptions): Promise<Found> {
  const { signal, onProgress } = options;
  const reading = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const texts = await readFeatures(files.textFeatures, 'text', reading);
  const images = await readFeatures(files.imageFeatures, 'image', reading);
  const model = await modelOfFeatures([files.imageFeatures, files.textFeatures], images.rows.dim);
  const set = await annotationSet(files.annotations);
  const report = await evaluateFeatures(set, { images, texts, model }, options);
  return { report, sets: [set], close: async () => {} };
}
