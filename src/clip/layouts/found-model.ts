/** What lies at a path: weights with their names and shapes, and the small files beside them. Nothing large is read. */
import { basename, dirname, join } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import { described, readWeightsHeader, type StateDict, type WeightsHeader } from '../../weights/index.ts';
import { fieldOf, isFolder, LAYOUT_NAMES, type ModelFolder, openFolder } from './layout.ts';
import { byCnClipNames, type Naming, namingOf, prefixOf } from './naming.ts';
import { hasOpenaiKeys } from './openai-config.ts';

export interface FoundModel {
  /** What was named: a folder, a file of weights, or an index of shards. */
  readonly path: string;
  /** Whether a folder was named, so that all in it belongs to the model. */
  readonly isFolder: boolean;
  /** The folder of the weights. */
  readonly folder: ModelFolder;
  /** The file of weights, or the index. */
  readonly weights: string;
  readonly header: WeightsHeader;
}

/** A model whose names are known. */
export interface NamedModel extends FoundModel {
  readonly naming: Naming;
  /** Its tensors by cn_clip's names, of which only types and shapes are known. */
  readonly shapes: StateDict;
}

/** Weights in a folder, by the names that hubs give them, the first that is there. */
const WEIGHTS = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

/** Names of files that may hold weights. */
const ANY_WEIGHTS = /\.(pt|pth|bin|safetensors)$/;

/**
 * Finds the weights at a path and reads their header.
 * Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_LAYOUT_UNKNOWN (a folder without weights, or with several),
 * and what `readWeightsHeader` throws.
 */
export async function findModel(path: string): Promise<FoundModel> {
  const found = await weightsAt(path);
  return { ...found, header: await readWeightsHeader(found.weights) };
}

/** As `findModel`, without reading the header. */
export async function weightsAt(path: string): Promise<Omit<FoundModel, 'header'>> {
  const named = await isFolder(path);
  const folder = await openFolder(named ? path : dirname(path));
  return { path, isFolder: named, folder, weights: named ? join(path, weightsIn(folder)) : path };
}

/** The one file of weights in a folder. */
function weightsIn({ path, names, config, broken }: ModelFolder): string {
  const known = WEIGHTS.find((name) => names.includes(name));
  if (known) return known;
  const [file, ...others] = names.filter((name) => ANY_WEIGHTS.test(name));
  if (file && others.length === 0) return file;
  if (broken) throw broken;
  if (!file && (fieldOf(config, 'layout') === 'tuwen' || fieldOf(config, 'model_type') === 'chinese_clip'))
    throw new TuwenError('TUWEN_FILE_MISSING', { path: join(path, WEIGHTS[0]!) });
  throw layoutUnknown(path, names);
}

/**
 * Tells whose names a model's tensors have: where they do not say, as in half a file, whose they should be by the
 * configuration of the folder. Throws TUWEN_LAYOUT_UNKNOWN.
 */
export function nameModel(model: FoundModel): NamedModel {
  const naming = namingOf(model.header.tensors) ?? expectedNaming(model);
  if (!naming) throw layoutUnknown(model.path, [...model.header.tensors.keys()]);
  return { ...model, naming, shapes: shapesBy(naming, model) };
}

function expectedNaming({ isFolder, folder: { config }, header }: FoundModel): Naming | undefined {
  if (!isFolder) return undefined;
  const prefix = prefixOf(header.tensors);
  if (['chinese_clip', 'clip'].includes(String(fieldOf(config, 'model_type'))))
    return { prefix, names: 'hf' };
  if (fieldOf(config, 'layout') !== 'tuwen') return undefined;
  return { prefix, names: hasOpenaiKeys(config) ? 'openai' : 'cn_clip' };
}

/** A model's tensors by cn_clip's names, of which only types and shapes are known. */
export function shapesBy(naming: Naming, { header }: FoundModel): StateDict {
  const tensors = new Map(Array.from(header.tensors, ([name, info]) => [name, described(info)]));
  return byCnClipNames(tensors, naming);
}

/** The error for what is no model of a known layout; `found` is what is there instead. */
export function layoutUnknown(path: string, found: readonly string[]): TuwenError {
  const value = { path, found: found.length > 0 ? found : [basename(path)], known: LAYOUT_NAMES };
  return new TuwenError('TUWEN_LAYOUT_UNKNOWN', value);
}
