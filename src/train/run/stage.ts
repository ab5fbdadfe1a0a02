/** A stage of a run, opened: model, data, batches, optimiser. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type OnProgress, TuwenError } from '../../base/index.ts';
import {
  type ClipConfig,
  createEnglishTokenizer,
  createTokenizer,
  isAdapter,
  isChinese,
} from '../../clip/index.ts';
import { type DataSet, type HashedFile, openDataSet } from '../../data/index.ts';
import type { SessionOptions } from '../../engine/index.ts';
import { type AdamWOptions, type AdamWState, initialState } from '../adamw.ts';
import { type ClipObjective, openClipObjective } from '../clip-objective.ts';
import { weightShapes } from '../initialise.ts';
import { layerRates } from '../layer-rates.ts';
import { optimizerOf, type Plan, planOf } from '../settings/plan.ts';
import type { Settings } from '../settings/settings.ts';
import { type Adapters, addAdapters, mergeAdapters } from './adapters.ts';
import { type BatchOptions, type Prepared, stageBatches } from './batches.ts';
import { hashOf } from './hash.ts';
import { createLoader, type Loader } from './loader.ts';
import { type FeatureOptions, pictureFeatures } from './picture-features.ts';
import type { RunFolder } from './run-folder.ts';
import type { StartModel } from './start.ts';
import { openTeacher, type Teacher } from './teacher.ts';
import { type TeacherFeatures, teacherFeatures } from './teacher-features.ts';
import { textVectors } from './text-vectors.ts';
import { type Validation, validate } from './validate.ts';

export interface StageOptions {
  readonly index: number;
  readonly settings: Settings;
  readonly model: StartModel;
  readonly folder: RunFolder;
  readonly threads?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface Stage {
  readonly index: number;
  readonly settings: Settings;
  readonly objective: ClipObjective;
  readonly optimizer: AdamWOptions;
  readonly state: AdamWState;
  readonly plan: Plan;
  /** Shapes of all weights, adapters among them. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly adapters: Adapters | undefined;
  /** The annotations of training and validation data. */
  readonly files: readonly HashedFile[];
  readonly batch: (step: number) => Promise<Prepared>;
  /** Absent where there is no validation data. */
  readonly validate?: () => Promise<Validation>;
  close(): Promise<void>;
}

/**
 * Throws TUWEN_SETTING_INVALID where settings do not fit the model or the data, and what opening data sets and models
 * throws.
 */
export async function openStage(options: StageOptions): Promise<Stage> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    return { ...(await opened(options, (closer) => closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(
  options: StageOptions,
  later: (close: () => Promise<void>) => void,
): Promise<Omit<Stage, 'close'>> {
  const { index, settings, model, threads, signal } = options;
  const { config, weights } = model;
  const session = threads === undefined ? {} : { threads };
  checkContext(settings, config);
  const data = await openDataSet(settings['train-data'], { split: settings['train-split'] });
  later(() => data.close());
  const { pairs } = await data.counts();
  if (pairs === 0) throw invalid('train-data', settings['train-data'], '≥ 1 pair');
  const { rate, ...optimizer } = optimizerOf(settings, config);
  const plan = planOf(settings, pairs, rate);
  const adapters = addAdapters(settings, config, weights, settings.seed + index);
  if (adapters) later(async () => mergeAdapters(adapters, config, weights));
  const patches = patchesOf(settings, config);
  const teacher = await teacherOf(settings, session, later, signal);
  const given = await givenFeatures(settings, data, signal);
  const followed = teacher ?? given;
  const objective = openClipObjective({
    config,
    weights,
    session,
    trains: (name) => trains(settings, name, adapters !== undefined),
    lora: adapters?.lora,
    parts: settings['accum-freq'],
    checkpointing: settings['grad-checkpointing'],
    ...(settings.dropout && !settings['freeze-text'] ? { dropoutSeed: settings.seed + index } : {}),
    ...(patches ? { patchesKept: patches.kept } : {}),
    ...(settings['all-texts'] ? { allTexts: true } : {}),
    ...(followed ? { distillation: { dim: followed.dim, weight: settings['kd-loss-weight'] } } : {}),
  });
  later(() => objective.close());
  const createFor = isChinese(config) ? createTokenizer : createEnglishTokenizer;
  const plain = {
    config,
    tokenizer: createFor(model.vocabulary),
    contextLength: settings['context-length'],
    skipBroken: settings['skip-broken'],
  };
  const loader = createLoader({
    ...plain,
    data,
    ...(settings['use-augment'] ? { augmentSeed: settings.seed } : {}),
    ...(teacher ? { teacher: teacher.pixels } : {}),
  });
  const hashes = await data.hashes();
  const kept = await keptVectors({ ...options, data, loader, objective, hashes }, teacher, given);
  const texts = settings['all-texts']
    ? await textVectors({
        data,
        batch: settings['batch-size'],
        encode: (each) => objective.encode('text', loader.tokens(each)),
        ...(options.onProgress ? { onProgress: options.onProgress } : {}),
        ...(signal ? { signal } : {}),
      })
    : undefined;
  const batch = await stageBatches({
    settings,
    data,
    pairs,
    plan,
    loader,
    ...kept,
    ...(texts ? { texts } : {}),
    ...(patches ? { patches } : {}),
  });
  const validation = await openValidation(settings, later);
  return {
    index,
    settings,
    objective,
    plan,
    shapes: new Map([...weightShapes(config), ...(adapters?.shapes ?? [])]),
    adapters,
    batch,
    optimizer: { ...optimizer, rateOf: layerRates(config, settings['layer-decay']) },
    state: initialState(objective.trained, weights),
    files: [...hashes, ...(validation ? await validation.hashes() : [])],
    ...(validation
      ? {
          validate: () =>
            validate({
              data: validation,
              batch: settings['valid-batch-size'],
              seed: settings.seed,
              loader: createLoader({ ...plain, data: validation }),
              encode: objective.encode,
              scale: Math.exp(weights.get('logit_scale')![0]!),
              ...session,
              ...(signal ? { signal } : {}),
            }),
        }
      : {}),
  };
}

async function openValidation(settings: Settings, later: (close: () => Promise<void>) => void) {
  const path = settings['val-data'];
  if (path === undefined) return undefined;
  const data = await openDataSet(path, { split: settings['val-split'] });
  later(() => data.close());
  if ((await data.counts()).pairs === 0) throw invalid('val-data', path, '≥ 1 pair');
  return data;
}

async function teacherOf(
  settings: Settings,
  session: SessionOptions,
  later: (close: () => Promise<void>) => void,
  signal?: AbortSignal,
) {
  const name = settings['teacher-model'];
  if (name === undefined) return undefined;
  const teacher = await openTeacher(name, session, signal);
  later(() => teacher.close());
  return teacher;
}

/** The vectors that the settings name; they are of whole pictures, so nothing random may feed the student. */
async function givenFeatures(
  settings: Settings,
  data: DataSet,
  signal?: AbortSignal,
): Promise<TeacherFeatures | undefined> {
  const path = settings['teacher-features'];
  if (path === undefined) return undefined;
  if (settings['teacher-model'] !== undefined) throw invalid('teacher-features', path, 'no teacher-model');
  if (settings['use-augment']) throw invalid('teacher-features', path, 'use-augment: false');
  return teacherFeatures(path, data, signal);
}

interface VectorOptions extends StageOptions {
  readonly data: DataSet;
  readonly loader: Loader;
  readonly objective: ClipObjective;
  readonly hashes: readonly HashedFile[];
}

/** What is computed once: vectors of a frozen image tower and of a teacher, where nothing random feeds them. */
async function keptVectors(
  { settings, model, folder, data, loader, objective, hashes, onProgress, signal }: VectorOptions,
  teacher: Teacher | undefined,
  given: TeacherFeatures | undefined,
): Promise<Pick<BatchOptions, 'features' | 'teacher'>> {
  const isRandom = settings['use-augment'];
  const keep = (name: string, tower: string, own: Pick<FeatureOptions, 'dim' | 'encode'>) => {
    const identity = JSON.stringify({ tower, hashes, batch: settings['batch-size'] });
    const path = join(
      folder.path,
      `${name}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}.safetensors`,
    );
    return pictureFeatures({
      ...own,
      path,
      identity,
      data,
      batch: settings['batch-size'],
      load: (ids) => loader.pictures(ids),
      ...(onProgress ? { onProgress } : {}),
      ...(signal ? { signal } : {}),
    });
  };
  const isKept = settings['freeze-vision'] && !isRandom && settings['mask-ratio'] === 0;
  const features = isKept
    ? await keep('image-features', hashOf(model.weights, 'visual.'), {
        dim: model.config.embedDim,
        encode: ({ pixels }) => objective.encode('image', pixels),
      })
    : undefined;
  const own = features ? { features } : {};
  if (given) return { ...own, teacher: given };
  if (!teacher) return own;
  const { dim, encode, hash } = teacher;
  if (isRandom) {
    return {
      ...own,
      teacher: async (pixels) => ({ data: await encode(pixels), dims: [pixels.dims[0]!, dim] }),
    };
  }
  const kept = await keep('teacher-features', hash, { dim, encode: (pictures) => encode(pictures.teacher!) });
  return { ...own, teacher: { dim, kept } };
}

/** With adapters nothing else moves, not even the logit scale, so that they are all there is to keep. */
function trains(settings: Settings, name: string, isAdapted: boolean): boolean {
  if (isAdapted) return isAdapter(name);
  if (name === 'logit_scale') return true;
  return !settings[name.startsWith('visual.') ? 'freeze-vision' : 'freeze-text'];
}

/** How many patches a picture has and how many enter, as in the reference; a ResNet has none. */
function patchesOf(settings: Settings, { image }: ClipConfig): { all: number; kept: number } | undefined {
  if (settings['mask-ratio'] === 0 || image.kind !== 'vit') return undefined;
  const all = (image.resolution / image.patch) ** 2;
  return { all, kept: Math.floor(all * (1 - settings['mask-ratio'])) };
}

function checkContext(settings: Settings, { text }: ClipConfig): void {
  const got = settings['context-length'];
  if (got > text.maxPositions) throw invalid('context-length', got, `≤ ${text.maxPositions}`);
}

function invalid(key: string, got: unknown, expected: string): TuwenError {
  return new TuwenError('TUWEN_SETTING_INVALID', { source: 'train', key, got, expected });
}
