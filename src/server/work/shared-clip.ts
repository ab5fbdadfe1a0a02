import type { Clip, Embeddings, EmbedOptions, ImageInput } from '../../clip/index.ts';

export interface SharedCalls {
  readonly texts: (texts: readonly string[], options: EmbedOptions) => Promise<Embeddings>;
  readonly pictures: (images: readonly ImageInput[], options: EmbedOptions) => Promise<Embeddings>;
}

/** A model some of whose calls are answered by others: those for lists of texts and pictures. */
export function sharedClip(clip: Clip, { texts, pictures }: SharedCalls): Clip {
  const shared = {
    ...clip,
    embedTexts: (input: unknown, options: EmbedOptions = {}) =>
      Array.isArray(input) ? texts(input, options) : clip.embedTexts(input as string, options),
    embedImages: (input: unknown, options: EmbedOptions = {}) =>
      Array.isArray(input) ? pictures(input, options) : clip.embedImages(input as ImageInput, options),
  };
  // One function serves each pair of overloads.
  return shared as Clip;
}
