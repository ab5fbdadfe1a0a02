/** The model that a run begins with. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createRandom, fileError, floatToHalf, halfToFloat, TuwenError } from '../../base/index.ts';
import {
  type ChineseClipConfig,
  type ClipConfig,
  chineseBertVocabulary,
  isRounded,
  PUBLISHED_NAMES,
  parseCnClipConfig,
  publishedConfig,
  readModel,
  resolveModel,
  toCnClipConfig,
} from '../../clip/index.ts';
import { toFloat32 } from '../../weights/index.ts';
import { weightShapes } from '../initialise.ts';
import { initialiseFrom } from '../initialise-from.ts';
import type { WeightArrays } from '../objective.ts';
import type { Settings } from '../settings/settings.ts';

/** Weights to which a stage adds its adapters. */
export type MutableWeights = Map<string, Float32Array<ArrayBuffer>>;

export interface StartModel {
  readonly config: ClipConfig;
  /** What training changes. */
  readonly weights: MutableWeights;
  /** The text of its vocab.txt, or of an English CLIP's merges.txt. */
  readonly vocabulary: string;
}

/** Text towers by the names that cn_clip's trainer has for them. */
const TEXT_MODELS = {
  'RoBERTa-wwm-ext-base-chinese': publishedConfig('ViT-B-16').text,
  'RoBERTa-wwm-ext-large-chinese': publishedConfig('ViT-H-14').text,
  'RBT3-chinese': publishedConfig('RN50').text,
} as const;

const CHINESE_BERT_WORDS = TEXT_MODELS['RBT3-chinese'].vocabSize;

/**
 * A stored model, or a new one whose towers come from where the settings say, and are random where they say nothing.
 *
 * @throws TUWEN_SETTING_INVALID, TUWEN_VOCABULARY_MISSING, and what `resolveModel`, `readModel` and `initialiseFrom` throw
 */
export async function startModel(settings: Settings, signal?: AbortSignal): Promise<StartModel> {
  const model =
    settings.model === undefined ? await newModel(settings) : await stored(settings.model, signal);
  if (settings['fp16-rounding']) roundToHalf(model.weights);
  return model;
}

/** A model's weights as a run holds them. Throws what `resolveModel` and `readModel` throw. */
export async function stored(name: string, signal?: AbortSignal): Promise<StartModel> {
  const options = signal ? { signal } : {};
  const { path } = await resolveModel(name, options);
  const { config, weights, vocabulary } = await readModel(path, options);
  const names = [...weightShapes(config).keys()];
  return {
    config,
    vocabulary,
    weights: new Map(names.map((each) => [each, new Float32Array(toFloat32(weights.get(each)!))])),
  };
}

async function newModel(settings: Settings): Promise<StartModel> {
  const config = await newConfig(settings);
  const { 'clip-weight-path': vision, 'bert-weight-path': text } = settings;
  const { weights } = await initialiseFrom({
    config,
    random: createRandom(settings.seed),
    ...(vision === undefined ? {} : { vision }),
    ...(text === undefined ? {} : { text }),
  });
  return { config, weights: new Map(weights), vocabulary: await vocabularyFor(config, text) };
}

async function newConfig(settings: Settings): Promise<ChineseClipConfig> {
  const { 'vision-model': vision, 'text-model': text } = settings;
  if (vision === undefined || text === undefined) {
    const key =
      vision === undefined && text === undefined
        ? 'model'
        : vision === undefined
          ? 'vision-model'
          : 'text-model';
    throw invalid(key, undefined, 'model, or vision-model and text-model');
  }
  const image = PUBLISHED_NAMES.find((name) => name === vision);
  const known = Object.entries(TEXT_MODELS).find(([name]) => name === text)?.[1];
  const base = image ? publishedConfig(image) : await configOf('vision-model', vision, PUBLISHED_NAMES);
  const name = `${withoutEnding(vision)}@${withoutEnding(text)}`;
  const bert = known ?? (await configOf('text-model', text, Object.keys(TEXT_MODELS))).text;
  return { ...base, name: image !== undefined && bert === base.text ? image : name, text: bert };
}

/** The configuration of a tower from a file of cn_clip's keys; what the file does not say is ViT-B-16's. */
async function configOf(key: string, path: string, names: readonly string[]): Promise<ChineseClipConfig> {
  if (!path.endsWith('.json')) throw invalid(key, path, [...names, '*.json'].join(', '));
  const json = await readFile(path, 'utf8').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const own = JSON.parse(json) as object;
    return parseCnClipConfig({ ...toCnClipConfig(publishedConfig('ViT-B-16')), ...own }, path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: cause.message }, { cause });
  }
}

/** The vocabulary beside a text tower's weights; else Google's Chinese one, where the tower has its size. */
async function vocabularyFor({ text }: ChineseClipConfig, path: string | undefined): Promise<string> {
  const beside = path === undefined ? [] : [join(path, 'vocab.txt'), join(dirname(path), 'vocab.txt')];
  for (const file of beside) {
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found !== undefined) return found;
  }
  if (text.vocabSize === CHINESE_BERT_WORDS) return chineseBertVocabulary();
  const value = { path: path ?? 'text-model', file: 'vocab.txt', words: text.vocabSize } as const;
  throw new TuwenError('TUWEN_VOCABULARY_MISSING', value);
}

/** As cn_clip's trainer holds its first weights. */
function roundToHalf(weights: WeightArrays): void {
  for (const [name, values] of weights) if (isRounded(name)) values.set(halfToFloat(floatToHalf(values)));
}

function withoutEnding(path: string): string {
  return basename(path, '.json');
}

function invalid(key: string, got: unknown, expected: string): TuwenError {
  return new TuwenError('TUWEN_SETTING_INVALID', { source: 'train', key, got, expected });
}
