/** Which files of a repository make a model: weights in one form, configurations, vocabulary. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TuwenError } from '../base/index.ts';
import type { Snapshot } from '../weights/index.ts';

const SAFETENSORS = 'model.safetensors';
const PYTORCH = 'pytorch_model.bin';
/** Indexes of weights in several files, with what those are called. */
const SHARDS: Readonly<Record<string, RegExp>> = {
  [`${SAFETENSORS}.index.json`]: /^model-\d+-of-\d+\.safetensors$/,
  [`${PYTORCH}.index.json`]: /^pytorch_model-\d+-of-\d+\.bin$/,
};
/** Forms of the same weights, the first that is there. */
const FORMS = [SAFETENSORS, `${SAFETENSORS}.index.json`, PYTORCH, `${PYTORCH}.index.json`];
/** cn_clip's own files, as they were published; they come before other files of that kind. */
const CN_CLIP = /^clip_cn_[\w.-]+\.pt$/;
const TORCH = /\.pth?$/;

const VOCABULARY = 'vocab.txt';
const MODELSCOPE = ['vision_model_config.json', 'text_model_config.json'];
const SMALL = ['config.json', 'preprocessor_config.json', 'configuration.json', ...MODELSCOPE, VOCABULARY];
/** Configurations as cn_clip names them, one a tower. */
const CN_CLIP_CONFIG = /^(ViT|RN|RoBERTa|RBT|BERT)[\w.@-]*\.json$/;
/** Where there is no vocab.txt: the vocabulary of English CLIP. */
const PAIRS = ['vocab.json', 'merges.txt'];

/**
 * The files to fetch, small ones first: safetensors rather than pytorch_model.bin rather than a single `.pt`, and never
 * two forms of the same weights. Throws TUWEN_REPOSITORY_UNSUPPORTED, naming `repository`.
 */
export function modelFiles(names: readonly string[], repository: string): string[] {
  const weights = weightsAmong(names);
  if (weights === undefined)
    throw new TuwenError('TUWEN_REPOSITORY_UNSUPPORTED', { repository, found: names.slice(0, 20) });
  const vocabulary = names.includes(VOCABULARY) ? [] : PAIRS;
  const small = names.filter(
    (name) => SMALL.includes(name) || vocabulary.includes(name) || CN_CLIP_CONFIG.test(name),
  );
  return [...small, ...weights];
}

/**
 * The path of the model in a folder of a cache, where it is whole: the folder, or its one `.pt`. A folder that another
 * tool filled may lack files; undefined then.
 */
export async function modelIn({ folder, names }: Snapshot): Promise<string | undefined> {
  const weights = weightsAmong(names);
  if (weights === undefined) return undefined;
  if (TORCH.test(weights[0]!)) return join(folder, weights[0]!);
  const has = (...wanted: string[]) => wanted.every((name) => names.includes(name));
  if (!has('config.json') && !has(...MODELSCOPE)) return undefined;
  if (!has(VOCABULARY) && !has('merges.txt')) return undefined;
  const index = weights[0]!;
  if (index in SHARDS && !has(...(await shardsOf(join(folder, index))))) return undefined;
  return folder;
}

function weightsAmong(names: readonly string[]): readonly string[] | undefined {
  const found = FORMS.find((name) => names.includes(name));
  const shard = found && SHARDS[found];
  if (found) return shard ? [found, ...names.filter((name) => shard.test(name))] : [found];
  const published = names.filter((name) => CN_CLIP.test(name));
  const single = published.length > 0 ? published : names.filter((name) => TORCH.test(name));
  return single.length === 1 && !single[0]!.includes('/') ? single : undefined;
}

/** The shards that an index names; one that cannot be read is left to the reader of the model. */
async function shardsOf(index: string): Promise<string[]> {
  try {
    const { weight_map } = JSON.parse(await readFile(index, 'utf8')) as { weight_map: object };
    return [...new Set(Object.values(weight_map))];
  } catch {
    return [];
  }
}
