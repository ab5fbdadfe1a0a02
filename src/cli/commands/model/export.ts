import { readdir } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { throwIfAborted } from '../../../base/index.ts';
import {
  EXPORT_FORMATS,
  EXPORT_PRECISIONS,
  EXPORT_TOWERS,
  type ExportedGraph,
  type ExportReport,
  type ExportTower,
  exportModel,
  type Samples,
} from '../../../clip/index.ts';
import { findPictures } from '../../inputs.ts';
import { listOf } from '../../lines.ts';
import { jsonOption, langOption, modelOption, threadsOption } from '../../options.ts';
import { print, say } from '../../output.ts';
import { progressBar } from '../../progress-bar.ts';
import { alignedTable, percent } from '../../table.ts';
import { styleFor } from '../../terminal.ts';
import { texts } from '../../texts/index.ts';
import { UsageError } from '../../usage.ts';

const PICTURES = fileURLToPath(new URL('../../../../examples/pictures', import.meta.url));

export function exportCommand(signal: AbortSignal) {
  const { modelExport: words } = texts();
  return new Command('export')
    .description(words.about)
    .usage(words.usage)
    .argument('<paths...>', words.paths)
    .addOption(new Option('--format <format>', words.format).choices(EXPORT_FORMATS))
    .addOption(new Option('--precision <list>', words.precision).argParser(among(EXPORT_PRECISIONS)))
    .addOption(new Option('--tower <list>', words.tower).argParser(towers))
    .option('--external-data', words.externalData)
    .option('--no-check', words.noCheck)
    .option('--images <paths...>', words.images)
    .option('--texts <file>', words.texts)
    .addOption(modelOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (paths, options) => {
      const { model, folder } = modelAndFolder(paths, options.model);
      const { format = 'onnx', precision, tower, check, threads, externalData } = options;
      if (format === 'transformers.js' && tower && !tower.every((each) => each === 'joint')) {
        throw new UsageError(words.jointOnly);
      }
      const samples = check ? await samplesOf(options) : undefined;
      const report = await withBar(words.writing, (onProgress) =>
        exportModel(model, folder, {
          format,
          ...(precision ? { precisions: precision } : {}),
          ...(tower ? { towers: tower } : {}),
          ...(externalData ? { externalData } : {}),
          ...(samples ? { samples } : {}),
          ...(threads ? { threads } : {}),
          signal,
          onProgress,
        }),
      );
      throwIfAborted('exporting', signal);
      if (options.json) await print(JSON.stringify(report));
      else await tell(report, folder, samples);
    });
}

/** `model folder`, or the folder alone. */
function modelAndFolder(paths: readonly string[], named: string | undefined) {
  const { modelExport: words } = texts();
  if (paths.length > 2) throw new UsageError(words.tooMany);
  if (paths.length === 2 && named !== undefined) throw new UsageError(words.twice);
  return paths.length === 2 ? { model: paths[0]!, folder: paths[1]! } : { model: named, folder: paths[0]! };
}

/** Reads a list between commas of words that are all known. */
function among<T extends string>(known: readonly T[]): (value: string) => T[] {
  return (value) => {
    const named = value.split(/[,，、]/).map((each) => each.trim());
    const list = known.filter((each) => named.includes(each));
    if (named.every((each) => list.includes(each as T))) return list;
    throw new InvalidArgumentError(texts().modelExport.wanted(known.join(', ')));
  };
}

const TOWERS = [...EXPORT_TOWERS, 'all'] as const;

function towers(value: string): ExportTower[] {
  const list = among(TOWERS)(value);
  return list.includes('all') ? [...EXPORT_TOWERS] : (list as ExportTower[]);
}

/** The pictures and texts to compare on: those named, else the pictures that come along and their names. */
async function samplesOf(options: {
  images?: string[] | undefined;
  texts?: string | undefined;
}): Promise<Samples> {
  const shipped = (await readdir(PICTURES)).filter((name) => extname(name) === '.png').sort();
  const images: Samples['images'][number][] = [];
  const named = options.images ?? shipped.map((name) => join(PICTURES, name));
  for await (const { input } of await findPictures(named)) images.push(input);
  const sentences = options.texts
    ? await listOf(options.texts)
    : shipped.map((name) => basename(name, '.png'));
  return { images, texts: sentences };
}

async function withBar<T>(
  label: string,
  work: (onProgress: ReturnType<typeof progressBar>['onProgress']) => Promise<T>,
): Promise<T> {
  const bar = progressBar(label);
  return work(bar.onProgress).finally(() => bar.end());
}

async function tell({ graphs }: ExportReport, folder: string, samples: Samples | undefined): Promise<void> {
  const { columns, note } = texts().modelExport;
  const titles = [columns.file, columns.size];
  if (samples) titles.push(columns.image, columns.text, columns.largest, columns.first, columns.order);
  const rows = graphs.map((graph) => [
    relative(folder, graph.path),
    megabytes(graph.bytes),
    ...(samples ? comparisonCells(graph) : []),
  ]);
  await print(alignedTable(titles, rows, styleFor(process.stdout)).join('\n'));
  if (samples) say(`\n${note(samples.images.length, samples.texts.length)}`);
}

function comparisonCells({ comparison }: ExportedGraph): string[] {
  const { image, text, ranking } = comparison!;
  const cosine = (value: number | undefined) => value?.toFixed(6) ?? '–';
  const largest = Math.max(image?.largestDifference ?? 0, text?.largestDifference ?? 0);
  return [
    cosine(image?.lowestCosine),
    cosine(text?.lowestCosine),
    largest.toExponential(1),
    percent(ranking.first),
    percent(ranking.order),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
}
