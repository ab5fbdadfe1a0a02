import { TuwenError } from '../base/index.ts';
import type { Embeddings } from './embeddings.ts';
import { type LoadOptions, loadClip } from './load.ts';
import type { RawImage } from './pixels/index.ts';
import type { Clip } from './types.ts';

/** ModelScope's names of tasks, as far as Chinese-CLIP has them. */
export const Tasks = { multi_modal_embedding: 'multi-modal-embedding' } as const;

export type Task = (typeof Tasks)[keyof typeof Tasks];

export interface PipelineOptions extends LoadOptions {
  /** A model's name or folder; left out, as for `loadClip`. */
  readonly model?: string;
  /** The revision of a model that comes from a hub, as ModelScope names the option. */
  readonly model_revision?: string;
}

export interface PipelineInput {
  /** Decoded pictures, as `loadImage` gives them: one, or a list. Paths and URLs are refused, as in ModelScope. */
  readonly img?: RawImage | readonly RawImage[] | null;
  readonly text?: string | readonly string[] | null;
}

/** Unit vectors, one row an item; null for what was not given. */
export interface PipelineOutput {
  readonly img_embedding: Embeddings | null;
  readonly text_embedding: Embeddings | null;
}

export interface EmbeddingPipeline extends AsyncDisposable {
  readonly model: { readonly temperature: number };
  forward(input: PipelineInput): Promise<PipelineOutput>;
  close(): Promise<void>;
}

/** ModelScope's `pipeline` for Chinese-CLIP. Throws TUWEN_BAD_ARGUMENT for other tasks, and what `loadClip` throws. */
export async function pipeline(task: Task, options: PipelineOptions = {}): Promise<EmbeddingPipeline> {
  if (task !== Tasks.multi_modal_embedding) {
    throw badArgument('task', task, `'${Tasks.multi_modal_embedding}'`);
  }
  const { model, model_revision, ...load } = options;
  const revision = model_revision ?? load.revision;
  return embeddingPipeline(await loadClip(model, { ...load, revision }));
}

function embeddingPipeline(clip: Clip): EmbeddingPipeline {
  return {
    model: { temperature: clip.info.temperature },
    async forward({ img, text }) {
      const pictures = img === undefined || img === null ? null : checkedPictures(img);
      const texts = text === undefined || text === null ? null : checkedTexts(text);
      const [img_embedding, text_embedding] = await Promise.all([
        pictures && clip.embedImages(pictures),
        texts && clip.embedTexts(texts),
      ]);
      return { img_embedding, text_embedding };
    },
    close: () => clip.close(),
    [Symbol.asyncDispose]: () => clip.close(),
  };
}

function checkedPictures(img: RawImage | readonly RawImage[]): readonly RawImage[] {
  const list: readonly unknown[] = Array.isArray(img) ? img : [img];
  const wrong = list.findIndex((item) => !isDecoded(item));
  if (wrong < 0) return list as readonly RawImage[];
  throw badArgument('img', list[wrong], 'a decoded picture (await loadImage(pathOrUrl)), or a list of them');
}

function isDecoded(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'data' in item && 'channels' in item;
}

function checkedTexts(text: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(text) ? text : [text];
  const wrong = list.findIndex((item) => typeof item !== 'string');
  if (wrong < 0) return list as readonly string[];
  throw badArgument('text', list[wrong], 'a string, or a list of strings');
}

function badArgument(name: string, got: unknown, expected: string): TuwenError {
  return new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected });
}
