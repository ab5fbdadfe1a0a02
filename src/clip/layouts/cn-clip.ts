/** cn_clip's layout: weights with cn_clip's names; the configuration beside them, within, or told from the shapes. */
import { configBeside } from './configs-beside.ts';
import { embeddedConfig, embeddedVocabulary } from './embedded.ts';
import { inferredConfig } from './inferred.ts';
import type { Layout } from './layout.ts';
import { vocabularyBeside } from './vocabulary.ts';

export const cnClip: Layout = {
  recognises: ({ naming }) => naming.names === 'cn_clip',
  config: async (model) => embeddedConfig(model) ?? (await configBeside(model)) ?? inferredConfig(model),
  vocabulary: async (model, config) => embeddedVocabulary(model) ?? vocabularyBeside(model, config),
};
