/** What users of a loaded model see. */
import type { OnProgress } from '../base/index.ts';
import type { PixelsConfig } from './config.ts';
import type { Embeddings } from './embeddings.ts';
import type { DecodeOptions, ImageInput, RgbImage } from './pixels/index.ts';

/** What a loaded model is. */
export interface ClipInfo {
  readonly name: string;
  /** The folder or file it was read from. */
  readonly path: string;
  /** How the checkpoint was stored. */
  readonly layout: string;
  /** Of the texts it was trained on: Chinese, or English (OpenAI's CLIP). */
  readonly language: 'zh' | 'en';
  /** Length of the vectors. */
  readonly dim: number;
  /** The most tokens of a text that count, the first and the last one's marks included. */
  readonly contextLength: number;
  /** Side of the square that a picture becomes, in pixels. */
  readonly imageSize: number;
  /** How a picture becomes that square, and its numbers what the model takes. */
  readonly pixels: PixelsConfig;
  /** The factor on the cosines before the softmax: exp(logit_scale). */
  readonly logitScale: number;
  /** 1 / logitScale. */
  readonly temperature: number;
  /** How many numbers were trained. */
  readonly parameters: number;
  /** Told from the weights, 32 hexadecimal digits: vectors of models that differ in it do not compare. */
  readonly fingerprint: string;
  /** How many of them belong to the image tower. */
  readonly imageParameters: number;
  readonly precision: string;
  readonly device: string;
}

export interface EmbedOptions {
  /** Scale every vector to length 1. Default: true. */
  readonly normalize?: boolean;
  /** Turn pictures upright by their EXIF orientation. Default: true; cn_clip's evaluation leaves them as stored. */
  readonly orient?: boolean;
  /** How many go through the model at once. Default: 8 pictures or 32 texts. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface Match {
  readonly text: string;
  /** Among the texts given: they add up to 1. */
  readonly probability: number;
  readonly cosine: number;
}

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}

export interface ClassifyOptions {
  /** Sentences with `{}` for the label. Default: an ensemble in the model's language. */
  readonly templates?: readonly string[];
  /** How many labels to return. Default: all. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

/** A loaded Chinese-CLIP or English CLIP. Calls may overlap; they run one after another. */
export interface Clip extends AsyncDisposable {
  readonly info: ClipInfo;
  /**
   * Vectors of pictures, in their order. An async iterable gives vectors as they are ready, in bounded memory.
   * A picture that cannot be read throws its error, with its place in the list as `value.index`.
   */
  embedImages(images: ImageInput | readonly ImageInput[], options?: EmbedOptions): Promise<Embeddings>;
  embedImages(images: AsyncIterable<ImageInput>, options?: EmbedOptions): AsyncIterable<Float32Array>;
  /** Vectors of texts, in their order. Tokens beyond `info.contextLength` are cut off. */
  embedTexts(texts: string | readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  embedTexts(texts: AsyncIterable<string>, options?: EmbedOptions): AsyncIterable<Float32Array>;
  /** How well each text fits a picture, in the order of `texts`. */
  match(image: ImageInput, texts: readonly string[], options?: { signal?: AbortSignal }): Promise<Match[]>;
  /** Zero-shot classification: labels with probabilities, best first; for a list of pictures a list of those. */
  classify(
    image: ImageInput,
    labels: readonly string[],
    options?: ClassifyOptions,
  ): Promise<LabelProbability[]>;
  classify(
    images: readonly ImageInput[],
    labels: readonly string[],
    options?: ClassifyOptions,
  ): Promise<LabelProbability[][]>;
  /**
   * A picture decoded and resized as the model takes it, imageSize × imageSize: small enough to wait for its turn, and
   * `embedImages` gives the vector of the picture itself for it. Upright unless `orient` is false; errors as `loadImage`.
   */
  prepareImage(image: ImageInput, options?: DecodeOptions): Promise<RgbImage>;
  /** How many tokens a text has, [CLS] and [SEP] included; those beyond `info.contextLength` do not count for vectors. */
  countTokens(text: string): number;
  /** Ends the model's thread. Later calls throw TUWEN_CLOSED. */
  close(): Promise<void>;
}
