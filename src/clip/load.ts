import { availableParallelism } from 'node:os';
import { cancelled, TuwenError, throwIfAborted } from '../base/index.ts';
import { toFloat32 } from '../weights/index.ts';
import { createClip } from './clip.ts';
import { CONTEXT_LENGTH, isChinese } from './config.ts';
import { type Precision, startEncoder } from './encoder.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readModel } from './layouts/index.ts';
import { imageParameterCount, parameterCount } from './parameters.ts';
import { type ResolveOptions, resolveModel } from './resolve.ts';
import { rounded } from './rounding.ts';
import { createEnglishTokenizer, createTokenizer, type TokenizerRuleName } from './tokenizer/index.ts';
import type { Clip } from './types.ts';

export type { Precision };
export type Device = 'cpu' | 'cuda' | 'coreml' | 'dml' | 'webgpu' | 'wasm';

/** Options of a download (`cacheDir`, `revision`, `hub`, `mirror`, `offline`, …) serve a model that a hub has. */
export interface LoadOptions extends ResolveOptions {
  /**
   * `fp32` (default), or `int8`: linear layers in 8 bits, two to three times as fast and a little less exact. In 8 bits
   * a vector depends a little on what else is in its batch. `fp16`: weights held in half precision and widened at
   * every run, so that a model takes half the memory; slower, and as exact as weights rounded to half precision are.
   */
  readonly precision?: Precision;
  /**
   * `fast` (default), or `small`: the engine does not hold a second copy of the matrices in the order that suits the
   * processor. Half the memory, and somewhat slower; the vectors differ by rounding only.
   */
  readonly memory?: 'fast' | 'small';
  /** Default: `cpu`, the only one so far. */
  readonly device?: Device;
  /** Threads of the model. Default: one for each processor. */
  readonly threads?: number;
  /**
   * `fp16`: weights are rounded to half precision before they compute in fp32, as cn_clip's `load_from_name` and
   * ModelScope do on a CPU, whence their published numbers. Default: `none`, weights as stored.
   */
  readonly rounding?: 'none' | 'fp16';
  /**
   * Which tokenizer's ids: the original one's, cn_clip's or OpenAI's (`cn_clip`, default), or Hugging Face's where they
   * differ on rare characters; English text it takes as it is, HTML entities and all.
   */
  readonly tokenizerRule?: TokenizerRuleName;
  /**
   * The most tokens of a text that count, up to the model's positions. Default: 52, as Chinese-CLIP was trained; of an
   * English CLIP all 77.
   */
  readonly contextLength?: number;
}

/**
 * Loads a Chinese-CLIP, or one of OpenAI's English CLIP models. A model that is not on this machine is downloaded
 * into its hub's cache; one that is there is used as it is, without asking the hub. Progress counts the bytes of the
 * download, if there is one, and then, from the beginning, those of the weights found, of which the ones that stay in
 * their file count at once. Float32 weights of a safetensors file stay in it while the model is loaded: the file must not be changed in place.
 *
 * @param model `mini` (shipped; drawings only), a published name (`ViT-B-16`), the id of a repository on Hugging Face
 *   or ModelScope, or a folder or file of weights in cn_clip's, ModelScope's, Hugging Face's, OpenAI's or our layout;
 *   an existing path wins. Left out: TUWEN_MODEL, or what `tuwen model use` stored.
 * @throws TUWEN_BAD_ARGUMENT, TUWEN_VOCABULARY_INVALID, TUWEN_ENGINE_FAILED, TUWEN_CANCELLED, and what `resolveModel`
 *   and `readModel` throw
 */
export async function loadClip(model?: string, options: LoadOptions = {}): Promise<Clip> {
  const { threads = availableParallelism(), signal, onProgress } = options;
  const precision = oneOf('precision', options.precision ?? 'fp32', ['fp32', 'fp16', 'int8']);
  const memory = oneOf('memory', options.memory ?? 'fast', ['fast', 'small']);
  const device = oneOf('device', options.device ?? 'cpu', ['cpu']);
  const tokenizerRule = oneOf('tokenizerRule', options.tokenizerRule ?? 'cn_clip', ['cn_clip', 'hf']);
  const rounding = oneOf('rounding', options.rounding ?? 'none', ['none', 'fp16']);
  wholeNumber('threads', threads, 1, 1024);
  const { name, path } = await resolveModel(model, options);
  const { config, weights, vocabulary, layout } = await readModel(path, {
    mapped: true,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  const usual = isChinese(config) ? CONTEXT_LENGTH : config.text.maxPositions;
  const contextLength = options.contextLength ?? Math.min(usual, config.text.maxPositions);
  wholeNumber('contextLength', contextLength, 2, config.text.maxPositions);
  const createFor = isChinese(config) ? createTokenizer : createEnglishTokenizer;
  const tokenizer = createFor(vocabulary, { rule: tokenizerRule });
  const logitScale = Math.exp(toFloat32(weights.get('logit_scale')!)[0]!);
  const fingerprint = fingerprintOf(weights);
  const stored = rounding === 'fp16' ? rounded(weights) : weights;
  throwIfAborted('reading', signal, path);
  const encoder = await startEncoder(config, stored, { threads, precision, memory });
  if (signal?.aborted) {
    await encoder.close();
    throw cancelled('reading', signal, path);
  }
  const info = {
    name: config.name ?? name,
    path,
    layout,
    language: isChinese(config) ? ('zh' as const) : ('en' as const),
    dim: config.embedDim,
    contextLength,
    imageSize: config.pixels.size,
    pixels: config.pixels,
    logitScale,
    temperature: 1 / logitScale,
    parameters: parameterCount(config),
    fingerprint,
    imageParameters: imageParameterCount(config),
    precision,
    device,
  };
  return createClip({ info, config, tokenizer, encoder });
}

/** An option that must be one of a few words. */
function oneOf<const T extends string>(name: string, got: string, supported: readonly T[]): T {
  const known = supported.find((each) => each === got);
  if (known !== undefined) return known;
  const expected = supported.map((each) => `'${each}'`).join(' or ');
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected });
}

function wholeNumber(name: string, got: number, least: number, most: number): void {
  if (Number.isInteger(got) && got >= least && got <= most) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', {
    name,
    got,
    expected: `a whole number from ${least} to ${most}`,
  });
}
