/** The features of a set under a model. */
import { join } from 'node:path';
import { isTuwenError, type OnProgress, progressMeter, TuwenError } from '../../base/index.ts';
import { type Clip, gathered, type ImageInput, outcomes } from '../../clip/index.ts';
import { cleanCaption } from '../../data/index.ts';
import { type Embedded, type KeptFeatures, keptFeatures } from '../features/kept.ts';
import type { ModelIdentity } from '../model-identity.ts';
import type { RetrievalSet, SetPicture, SetText } from './types.ts';

const IMAGE_BATCH = 8;
/** Texts are run in batches of similar length, taken from this many. */
const TEXT_BATCH = 256;

export interface EmbedSetOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Called for each picture that cannot be read. */
  readonly onFailure?: (picture: SetPicture, error: TuwenError) => void;
}

/** Pictures and texts of a set as vectors of length 1, kept in a folder as the official feature files. */
export interface SetFeatures {
  readonly pictures: KeptFeatures<SetPicture>;
  readonly texts: KeptFeatures<SetText & { readonly source: string }>;
}

/** Embeds a set, going on where an earlier run of the same model on the same files stopped. */
export async function embedSet(
  clip: Clip,
  set: RetrievalSet,
  texts: readonly SetText[],
  model: ModelIdentity,
  folder: string,
  options: EmbedSetOptions = {},
): Promise<SetFeatures> {
  const { signal, onProgress, onFailure } = options;
  const files = set.files.map(({ sha256 }) => sha256);
  const identity = { dim: model.dim, model, files };
  const common = { identity, ...(signal && { signal }) };
  const running = signal ? { signal } : {};
  const ofTexts = progressMeter('text', texts.length, onProgress);
  const sentences = await keptFeatures({
    ...common,
    path: join(folder, `${set.split}_texts.txt_feat.jsonl`),
    kind: 'text',
    items: () => sourced(texts),
    embed: (items) => embedTexts(clip, items, running),
    onItem: () => ofTexts.advance(),
  });
  const ofPictures = progressMeter('image', set.pictureCount, onProgress);
  const pictures = await keptFeatures({
    ...common,
    path: join(folder, `${set.split}_imgs.img_feat.jsonl`),
    kind: 'image',
    items: () => set.pictures(),
    embed: (items) => embedPictures(clip, items, running),
    onItem: () => ofPictures.advance(),
    ...(onFailure && { onFailure }),
  });
  return { pictures, texts: sentences };
}

async function* sourced(texts: readonly SetText[]) {
  for (const text of texts) yield { ...text, source: text.path };
}

interface Running {
  readonly signal?: AbortSignal;
}

/** Pictures as stored: the official evaluation does not turn them by EXIF. */
export async function* embedPictures(
  clip: Clip,
  pictures: AsyncIterable<SetPicture>,
  running: Running,
): AsyncGenerator<Embedded<SetPicture>> {
  const embedded = outcomes(pictures, IMAGE_BATCH, async (batch) => {
    const inputs = await Promise.all(batch.map(readInput));
    return [...(await clip.embedImages(inputs, { ...running, orient: false }))];
  });
  for await (const outcome of embedded) {
    const item = outcome.picture;
    yield 'error' in outcome ? { item, error: outcome.error } : { item, vector: outcome.result };
  }
}

/** A picture of a batch; what is wrong with it carries its place there, so that the rest goes on without it. */
async function readInput({ input, source }: SetPicture, index: number): Promise<ImageInput> {
  try {
    return await input();
  } catch (cause) {
    if (isTuwenError(cause, 'TUWEN_CANCELLED')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TuwenError('TUWEN_IMAGE_UNREADABLE', { source, reason, index }, { cause });
  }
}

async function* embedTexts<T extends SetText>(
  clip: Clip,
  texts: AsyncIterable<T>,
  running: Running,
): AsyncGenerator<Embedded<T>> {
  for await (const batch of gathered(texts, TEXT_BATCH)) {
    const vectors = await clip.embedTexts(
      batch.map(({ text }) => cleanCaption(text)),
      running,
    );
    for (const [i, item] of batch.entries()) yield { item, vector: vectors.at(i) };
  }
}
