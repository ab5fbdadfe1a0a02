import { availableParallelism } from 'node:os';
import { type OnProgress, TuwenError } from '../base/index.ts';
import { toFloat32 } from '../weights/index.ts';
import { createClip } from './clip.ts';
import { startEncoder } from './encoder.ts';
import { readModelFolder } from './layouts/index.ts';
import { parameterCount } from './parameters.ts';
import { resolveModel } from './resolve.ts';
import { createTokenizer, type TokenizerRuleName } from './tokenizer/index.ts';
import type { Clip } from './types.ts';

export type Precision = 'fp32' | 'int8' | 'fp16';
export type Device = 'cpu' | 'cuda' | 'coreml' | 'dml' | 'webgpu' | 'wasm';

export interface LoadOptions {
  /** Default: `fp32`, the only one so far. */
  readonly precision?: Precision;
  /** Default: `cpu`, the only one so far. */
  readonly device?: Device;
  /** Threads of the model. Default: one for each processor. */
  readonly threads?: number;
  /** Which tokenizer's ids: cn_clip's (default), or Hugging Face's where they differ on rare characters. */
  readonly tokenizerRule?: TokenizerRuleName;
  /** The most tokens of a text that count. Default: 52, as Chinese-CLIP was trained; up to the model's positions. */
  readonly contextLength?: number;
  readonly signal?: AbortSignal;
  /** Bytes of weights read. */
  readonly onProgress?: OnProgress;
}

const CONTEXT_LENGTH = 52;

/**
 * Loads a Chinese-CLIP.
 *
 * @param model `mini` (shipped; drawings only) or a folder in Hugging Face's or our layout. Left out: the environment's
 *   TUWEN_MODEL.
 * @throws TUWEN_MODEL_NOT_CHOSEN, TUWEN_MODEL_UNKNOWN, TUWEN_BAD_ARGUMENT, and what reading the folder throws
 */
export async function loadClip(model?: string, options: LoadOptions = {}): Promise<Clip> {
  const {
    precision = 'fp32',
    device = 'cpu',
    threads = availableParallelism(),
    tokenizerRule = 'cn_clip',
    signal,
    onProgress,
  } = options;
  only('precision', precision, 'fp32');
  only('device', device, 'cpu');
  wholeNumber('threads', threads, 1, 1024);
  const { name, folder } = await resolveModel(model);
  const { config, weights, vocabulary, layout } = await readModelFolder(folder, {
    mapped: true,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  const contextLength = options.contextLength ?? Math.min(CONTEXT_LENGTH, config.text.maxPositions);
  wholeNumber('contextLength', contextLength, 2, config.text.maxPositions);
  const tokenizer = createTokenizer(vocabulary, { rule: tokenizerRule });
  const logitScale = Math.exp(toFloat32(weights.get('logit_scale')!)[0]!);
  const encoder = await startEncoder(config, weights, { threads });
  const info = {
    name: config.name ?? name,
    layout,
    dim: config.embedDim,
    contextLength,
    imageSize: config.pixels.size,
    logitScale,
    temperature: 1 / logitScale,
    parameters: parameterCount(config),
    precision,
    device,
  };
  return createClip({ info, config, tokenizer, encoder });
}

function only(name: string, got: string, supported: string): void {
  if (got !== supported)
    throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected: `'${supported}'` });
}

function wholeNumber(name: string, got: number, least: number, most: number): void {
  if (Number.isInteger(got) && got >= least && got <= most) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', {
    name,
    got,
    expected: `a whole number from ${least} to ${most}`,
  });
}
