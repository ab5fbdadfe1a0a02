/** What a checkpoint is, told without reading a tensor. */
import { isDeepStrictEqual } from 'node:util';
import { isTuwenError, type TuwenError } from '../../base/index.ts';
import { elementCount, type TensorInfo } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';
import { OPENAI_NAMES, openaiConfig } from '../published-openai.ts';
import { type AdapterSettings, adapterSettingsAt } from './adapter.ts';
import { byBertNames } from './bert.ts';
import type { Misfits } from './check-tensors.ts';
import { isMoment } from './cn-names.ts';
import { type FoundModel, findModel, type NamedModel, shapesBy } from './found-model.ts';
import { bertOf, Shapes } from './infer-config.ts';
import { sizesOf } from './inferred.ts';
import type { LayoutName } from './layout.ts';
import { likelyNamingOf } from './naming.ts';
import { trainingNotes } from './notes.ts';
import { LAYOUTS, layoutOf, modelMisfits } from './read.ts';

/** A tower as it is described; what shapes do not tell and no configuration says is null. */
export type TowerDescription<Tower> = { readonly [K in keyof Tower]: Tower[K] | null };

/** What a checkpoint is. What cannot be told is null. */
export interface ModelDescription extends Misfits {
  readonly path: string;
  /** `bert` is a text tower alone, with which a Chinese-CLIP may start; `peft` an adapter, which is none without its model. */
  readonly layout: LayoutName | 'bert' | 'peft' | null;
  readonly format: FoundModel['header']['format'];
  /** The published size it has, such as `ViT-B-16`. */
  readonly architecture: string | null;
  /** What its configuration or its trainer calls it. */
  readonly name: string | null;
  readonly embedDim: number | null;
  readonly image: TowerDescription<ClipConfig['image']> | null;
  readonly text: TowerDescription<ClipConfig['text']> | null;
  /** How many trained numbers its tensors hold. */
  readonly parameters: number;
  /** How many tensors its state dict holds. */
  readonly tensors: number;
  /** How many of them there are of each element type. */
  readonly dtypes: Readonly<Record<string, number>>;
  /** What stands before every name. */
  readonly prefix: string;
  readonly files: FoundModel['header']['files'];
  /** Of all files. */
  readonly bytes: number;
  readonly sharded: boolean;
  readonly epoch: number | null;
  readonly step: number | null;
  /** Whether the state of an optimiser lies within. */
  readonly optimizer: boolean;
  /** Of an adapter: the model that it belongs to, and how it changes that. */
  readonly adapter: AdapterSettings | null;
  /** Why its configuration cannot be told. */
  readonly problem: TuwenError | null;
}

/**
 * Describes the checkpoint at a path, as far as it can be told: half a file and a foreign one too. Only headers and
 * pickles are read.
 * Throws TUWEN_WEIGHTS_UNKNOWN (no checkpoint), TUWEN_LAYOUT_UNKNOWN (a folder without weights, or with several), and
 * what reading a header throws.
 */
export async function inspectModel(path: string): Promise<ModelDescription> {
  const found = await findModel(path);
  const { header } = found;
  const naming = likelyNamingOf(header.tensors);
  const model = naming && { ...found, naming, shapes: shapesBy(naming, found) };
  const { epoch = null, step = null, name = null } = trainingNotes(header);
  const told = await adapterIn(path);
  const towers = told ?? (model ? await towersOf(model) : bertIn(found));
  return {
    path,
    format: header.format,
    ...towers,
    name: towers.name ?? name,
    ...tensorsOf(found),
    prefix: naming?.prefix ?? '',
    files: header.files,
    bytes: header.files.reduce((sum, { bytes }) => sum + bytes, 0),
    sharded: header.index !== undefined,
    epoch,
    step,
  };
}

type Towers = Misfits &
  Pick<
    ModelDescription,
    'layout' | 'architecture' | 'name' | 'embedDim' | 'image' | 'text' | 'adapter' | 'problem'
  >;

const UNTOLD: Towers = {
  layout: null,
  architecture: null,
  name: null,
  embedDim: null,
  image: null,
  text: null,
  adapter: null,
  missing: [],
  unexpected: [],
  misshapen: [],
  problem: null,
};

/** What is told of an adapter's folder; undefined where the path is none. */
async function adapterIn(path: string): Promise<Towers | undefined> {
  try {
    const adapter = await adapterSettingsAt(path);
    return adapter && { ...UNTOLD, layout: 'peft', adapter };
  } catch (error) {
    if (isTuwenError(error)) return { ...UNTOLD, layout: 'peft', problem: error };
    throw error;
  }
}

/** What is told of a BERT's file, which is no model of ours; of any other file nothing is. */
function bertIn({ header, weights }: FoundModel): Towers {
  const { tensors, unused } = byBertNames(header.tensors);
  if (tensors.size === 0) return UNTOLD;
  try {
    const text = bertOf(new Shapes(tensors, weights, Number.NaN));
    return { ...UNTOLD, layout: 'bert', text: withoutUnknown(text), unexpected: unused };
  } catch (error) {
    if (isTuwenError(error)) return { ...UNTOLD, layout: 'bert', unexpected: unused, problem: error };
    throw error;
  }
}

/** What the configuration says, or the shapes where it says nothing. */
async function towersOf(model: NamedModel): Promise<Towers> {
  const layout = layoutOf(model) ?? null;
  const { config, problem } = await configOf(model, layout);
  if (!config) return { ...UNTOLD, layout, problem };
  const { name = null, embedDim, image, text } = config;
  return {
    layout,
    architecture: architectureOf(config),
    name,
    embedDim,
    image: withoutUnknown(image),
    text: withoutUnknown(text),
    adapter: null,
    ...modelMisfits(model, config),
    problem,
  };
}

async function configOf(
  model: NamedModel,
  layout: LayoutName | null,
): Promise<{ config?: ClipConfig; problem: TuwenError | null }> {
  let problem: TuwenError | null = null;
  for (const config of [async () => layout && LAYOUTS[layout].config(model), async () => sizesOf(model)]) {
    try {
      const told = await config();
      if (told) return { config: told, problem };
    } catch (error) {
      if (!isTuwenError(error)) throw error;
      problem ??= error;
    }
  }
  return { problem };
}

/** The published size with the same towers. */
function architectureOf(config: ClipConfig): string | null {
  const sizes = sizesAlone(config);
  return (
    [...PUBLISHED_NAMES.map(publishedConfig), ...OPENAI_NAMES.map(openaiConfig)].find((published) =>
      isDeepStrictEqual(sizesAlone(published), sizes),
    )?.name ?? null
  );
}

/** What tells one size from another: not what matters in training alone. */
function sizesAlone({ embedDim, image, text }: ClipConfig): object {
  return { embedDim, image, text: { ...text, dropout: 0, attentionDropout: 0, initializerRange: 0 } };
}

function withoutUnknown<T extends object>(tower: T): TowerDescription<T> {
  return Object.fromEntries(
    Object.entries(tower).map(([key, value]) => [key, Number.isNaN(value) ? null : value]),
  ) as TowerDescription<T>;
}

/** How many tensors of which types there are, the optimiser's aside. */
function tensorsOf({ header }: FoundModel) {
  const own = [...header.tensors].filter(([name]) => !isMoment(name));
  const dtypes: Record<string, number> = {};
  for (const [, { dtype }] of own) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
  return {
    parameters: own.filter(isTrained).reduce((sum, [, { shape }]) => sum + elementCount(shape), 0),
    tensors: own.length,
    dtypes,
    optimizer: header.optimizer || own.length < header.tensors.size,
  };
}

/** Whether a tensor holds trained numbers: not a count, a position, a statistic, or what nothing depends on. */
function isTrained([name, { dtype }]: [string, TensorInfo]): boolean {
  return /^B?F/.test(dtype) && !/\.running_(mean|var)$|\bpooler\./.test(name);
}
