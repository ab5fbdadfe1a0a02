import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type OnProgress, progressMeter, TuwenError, throwIfAborted, version } from '../../base/index.ts';
import { writeAtomically } from '../../weights/index.ts';
import { CONTEXT_LENGTH, isChinese } from '../config.ts';
import { readModel, type StoredModel } from '../layouts/index.ts';
import { type ResolveOptions, resolveModel } from '../resolve.ts';
import { type Comparison, compareExported, type Samples } from './compare.ts';
import { EXPORT_TOWERS, type ExportFormat, type ExportPrecision, type ExportTower, fileOf } from './forms.ts';
import { exportGraph } from './graphs.ts';
import { metadataOf } from './metadata.ts';
import { tokenizerJson } from './tokenizer-json.ts';
import { transformersFiles } from './transformers-folder.ts';
import { weightBytes, writeGraph } from './write-graph.ts';

export interface ExportOptions extends ResolveOptions {
  /** `onnx`: a graph for each tower. `transformers.js`: the folder that library loads for `chinese_clip`. */
  readonly format: ExportFormat;
  /** Default: `fp32` alone. */
  readonly precisions?: readonly ExportPrecision[];
  /** Default: all; `transformers.js` has the joint graph alone. */
  readonly towers?: readonly ExportTower[];
  /** Weights in files of their own, `<name>.onnx_data`, even where one file would hold them. Default: false. */
  readonly externalData?: boolean;
  /** Runs every file on these beside the model, and reports how far they agree. Left out: nothing is run. */
  readonly samples?: Samples;
  /** Threads for that. */
  readonly threads?: number;
  /** Bytes downloaded, then bytes written. */
  readonly onProgress?: OnProgress;
}

/** One graph that was written. */
export interface ExportedGraph {
  readonly path: string;
  readonly tower: ExportTower;
  readonly precision: ExportPrecision;
  /** Of the file, and of the one with its weights where there is one. */
  readonly bytes: number;
  /** Where samples were given. */
  readonly comparison?: Comparison;
}

export interface ExportReport {
  readonly model: string;
  readonly format: ExportFormat;
  readonly graphs: readonly ExportedGraph[];
  /** All files written, small ones included. */
  readonly files: readonly string[];
}

/**
 * Writes a model as ONNX graphs into a folder, made where needed. Each file appears whole or not at all.
 *
 * @param model as `loadClip` takes it.
 * @throws TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, and what `loadClip` throws
 */
export async function exportModel(
  model: string | undefined,
  folder: string,
  options: ExportOptions,
): Promise<ExportReport> {
  const { format, signal, samples } = options;
  const { name, path } = await resolveModel(model, options);
  const stored = await readModel(path, { mapped: true, ...(signal ? { signal } : {}) });
  const { maxPositions } = stored.config.text;
  const contextLength = isChinese(stored.config) ? Math.min(CONTEXT_LENGTH, maxPositions) : maxPositions;
  if (format === 'transformers.js' && !isChinese(stored.config)) throw notForEnglish(format);
  const plan = planOf(folder, options);
  await makeFolder(dirname(plan[0]!.path));
  const written = await writeGraphs(plan, stored, { ...options, source: name, contextLength });
  const files = [...written.flatMap(({ paths }) => paths)];
  for (const [file, content] of Object.entries(smallFiles(stored, format, contextLength, written))) {
    const target = join(folder, file);
    await writeAtomically(target, [new TextEncoder().encode(content)]);
    files.push(target);
  }
  const graphs = written.map(({ path, tower, precision, bytes }) => ({ path, tower, precision, bytes }));
  const compared = samples
    ? await compareExported(graphs, stored, samples, { ...options, contextLength })
    : graphs;
  return { model: stored.config.name ?? name, format, graphs: compared, files };
}

interface Planned {
  readonly path: string;
  readonly tower: ExportTower;
  readonly precision: ExportPrecision;
}

function planOf(folder: string, { format, precisions = ['fp32'], towers }: ExportOptions): Planned[] {
  const wanted = format === 'transformers.js' ? (['joint'] as const) : (towers ?? EXPORT_TOWERS);
  return wanted.flatMap((tower) =>
    precisions.map((precision) => ({
      path: join(folder, fileOf(format, tower, precision)),
      tower,
      precision,
    })),
  );
}

interface Written extends Planned {
  readonly paths: readonly string[];
  readonly bytes: number;
}

async function writeGraphs(
  plan: readonly Planned[],
  stored: StoredModel,
  options: ExportOptions & { readonly source: string; readonly contextLength: number },
): Promise<Written[]> {
  const { signal, onProgress, externalData = false } = options;
  const graphs = plan.map(({ tower, precision }) => exportGraph(stored.config, tower, precision));
  const total = graphs.reduce((sum, graph) => sum + weightBytes(graph, stored.weights), 0);
  const meter = progressMeter('byte', total, onProgress);
  const written: Written[] = [];
  for (const [i, planned] of plan.entries()) {
    const metadata = metadataOf(stored, planned.precision, { ...options, version: version() });
    const paths = await writeGraph(planned.path, graphs[i]!, stored.weights, {
      metadata,
      externalData,
      onBytes(bytes) {
        throwIfAborted('exporting', signal, planned.path);
        meter.advance(bytes);
      },
    });
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    written.push({ ...planned, paths, bytes: sizes.reduce((a, b) => a + b, 0) });
  }
  return written;
}

/** The files beside the graphs, by name. */
function smallFiles(
  { config, vocabulary }: StoredModel,
  format: ExportFormat,
  contextLength: number,
  written: readonly Written[],
): Record<string, string> {
  if (!isChinese(config)) return { 'merges.txt': vocabulary };
  const external = written.filter(({ paths }) => paths.length > 1).map(({ path }) => basename(path));
  const json =
    format === 'onnx'
      ? { 'tokenizer.json': tokenizerJson(vocabulary) }
      : transformersFiles(config, vocabulary, contextLength, external);
  const texts = Object.entries(json).map(([name, data]) => [name, `${JSON.stringify(data, null, 2)}\n`]);
  return { 'vocab.txt': vocabulary, ...Object.fromEntries(texts) };
}

function notForEnglish(got: string): TuwenError {
  return new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'format', got, expected: "'onnx' (an English CLIP)" });
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason: String(cause.code ?? cause) }, { cause });
  });
}
