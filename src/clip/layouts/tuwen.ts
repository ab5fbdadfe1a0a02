/**
 * Our own layout, the one every command writes: config.json with cn_clip's keys of both towers and `"layout": "tuwen"`,
 * model.safetensors with cn_clip's names, vocab.txt. Of an English CLIP: OpenAI's keys and names, merges.txt.
 */
import { join } from 'node:path';
import { isTuwenError } from '../../base/index.ts';
import { fits } from './check-tensors.ts';
import type { NamedModel } from './found-model.ts';
import { fieldOf, type Layout } from './layout.ts';
import { parseOwnConfig } from './own-config.ts';
import { ownVocabulary } from './vocabulary.ts';

export const tuwen: Layout = {
  recognises: (model) =>
    model.naming.names !== 'hf' && isOwn(model.folder.config) && (model.isFolder || isOfThisModel(model)),
  config: async ({ folder }) => parseOwnConfig(folder.config, join(folder.path, 'config.json')),
  vocabulary: ownVocabulary,
  license: ({ folder }) => fieldOf(folder.config, 'license') as string | undefined,
};

function isOwn(config: unknown): boolean {
  return fieldOf(config, 'layout') === 'tuwen';
}

/** Whether the config.json beside a file that was named is the file's. */
function isOfThisModel({ folder, shapes }: NamedModel): boolean {
  try {
    return fits(parseOwnConfig(folder.config, folder.path), shapes);
  } catch (error) {
    if (isTuwenError(error)) return false;
    throw error;
  }
}
