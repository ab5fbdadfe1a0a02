/**
 * The configuration and the vocabulary within a file of weights: in a safetensors file's metadata, or beside the state
 * dict of a PyTorch file. Our training checkpoints have them, and what we write for cn_clip where shapes do not tell.
 */
import { TuwenError } from '../../base/index.ts';
import type { ClipConfig } from '../config.ts';
import type { FoundModel } from './found-model.ts';
import { parseOwnConfig, toOwnConfig } from './own-config.ts';

const CONFIG = 'tuwen.config';
const VOCABULARY = 'tuwen.vocabulary';

/** What a file needs to be a model by itself, as texts by name. */
export function embedModel(config: ClipConfig, vocabulary: string, license?: string): Record<string, string> {
  return { [CONFIG]: JSON.stringify(toOwnConfig(config, license)), [VOCABULARY]: vocabulary };
}

/** The configuration within a file; undefined where there is none. Throws TUWEN_CONFIG_INVALID. */
export function embeddedConfig({ header, weights }: FoundModel): ClipConfig | undefined {
  const text = header.notes.get(CONFIG);
  if (text === undefined) return undefined;
  try {
    return parseOwnConfig(JSON.parse(String(text)), weights);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const value = { file: weights, key: CONFIG, got: text, expected: 'JSON' };
    throw new TuwenError('TUWEN_CONFIG_INVALID', value, { cause });
  }
}

/** The vocabulary within a file; undefined where there is none. */
export function embeddedVocabulary({ header }: FoundModel): string | undefined {
  const text = header.notes.get(VOCABULARY);
  return typeof text === 'string' ? text : undefined;
}
