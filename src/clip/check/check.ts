/** A model held against what is known of it, and against itself. */
import { resolve } from 'node:path';
import { progressMeter } from '../../base/index.ts';
import { int8, type Lowering, serving, training } from '../../graph/index.ts';
import { toFloat32 } from '../../weights/index.ts';
import { bareClip } from '../bare-clip.ts';
import { CONTEXT_LENGTH, isChinese } from '../config.ts';
import { type Embeddings, embeddings } from '../embeddings.ts';
import { startEncoder } from '../encoder.ts';
import { distance } from '../export/index.ts';
import { inspectModel, type ReadModel, readModel } from '../layouts/index.ts';
import { type ResolvedModel, resolveModel, SHIPPED_PATH } from '../resolve.ts';
import { rounded } from '../rounding.ts';
import { checkExample, EXAMPLE_TEXTS, hasExample } from './example.ts';
import { checkFiles, hashesInCache } from './files.ts';
import {
  type CheckSamples,
  type SampleVectors,
  shippedHashes,
  shippedSamples,
  shippedVectors,
} from './stored.ts';
import { checkTensors } from './tensors.ts';
import { checkTokenizer } from './tokenizer.ts';
import {
  type CheckName,
  type CheckOptions,
  type CheckReport,
  type CheckResult,
  type Deviation,
  measured,
  skipped,
} from './types.ts';

/** Of unit vectors, between operators that compute the same in another order, or between two implementations. */
const ROUNDING = { differenceLimit: 2e-5 } as const;
/** What 8 bits leave at the least: an intact model is far above, one whose matrices are not what they should be below. */
const EIGHT_BITS = { cosineLimit: 0.95 } as const;

const CHECKS = 8;

type Picture = NonNullable<CheckOptions['image']>;

/**
 * Checks a model: the hashes of its files where they are known, its tensors, its tokenizer, the shipped model's vectors,
 * the serving operators beside the differentiable ones, 8 bits beside fp32, and the published example where its picture is
 * given. Runs one form of the model at a time; it is read anew for each.
 * Throws what `resolveModel`, `inspectModel`, `readModel` and `loadImage` throw, and TUWEN_ENGINE_FAILED.
 */
export async function checkModel(model?: string, options: CheckOptions = {}): Promise<CheckReport> {
  const { image, signal, onResult } = options;
  const resolved = await resolveModel(model, options);
  const meter = progressMeter('check', CHECKS, options.onProgress);
  const checks: CheckResult[] = [];
  const add = (result: CheckResult) => {
    checks.push(result);
    onResult?.(result);
    meter.advance();
  };
  const isShipped = resolve(resolved.path) === SHIPPED_PATH;
  const { architecture } = await inspectModel(resolved.path);
  add(await checkFiles(await (isShipped ? shippedHashes : hashesInCache)(resolved.path), signal));
  const run = runner(resolved, options);
  const { config, vocabulary, layout, weights } = await run.read();
  add(checkTensors(weights, signal));
  add(checkTokenizer(config, vocabulary));
  const samples = await shippedSamples();
  const served = await run.vectors(serving, samples);
  add(
    isShipped
      ? compared('vectors', await shippedVectors(), served, ROUNDING)
      : skipped('vectors', 'vectors-unknown'),
  );
  const differentiable = training({ statistics: 'running' });
  add(compared('lowerings', await run.vectors(differentiable, samples), served, ROUNDING));
  add(compared('int8', served, await run.vectors(int8, samples), EIGHT_BITS));
  const logitScale = Math.exp(toFloat32(weights.get('logit_scale')!)[0]!);
  for (const name of ['example-fp32', 'example-fp16'] as const) {
    const reason =
      image === undefined ? 'picture-missing' : hasExample(config) ? undefined : 'example-unpublished';
    if (reason) add(skipped(name, reason));
    else add(checkExample(name, await run.example(name === 'example-fp16', image!), logitScale));
  }
  const passed = checks.every(({ status }) => status !== 'failed');
  return { model: resolved.name, path: resolved.path, layout, architecture, passed, checks };
}

/** Reads a model and runs it, in one form after another. */
function runner({ path }: ResolvedModel, { threads, signal }: CheckOptions) {
  const read = () => readModel(path, { mapped: true, signal });
  const given = { ...(threads === undefined ? {} : { threads }) };
  const during = signal ? { signal } : {};

  async function embed(
    model: ReadModel,
    lowering: Lowering,
    images: readonly Picture[],
    texts: readonly string[],
  ): Promise<SampleVectors> {
    const { config } = model;
    const usual = isChinese(config) ? CONTEXT_LENGTH : config.text.maxPositions;
    const encoder = await startEncoder(config, model.weights, { ...given, lowering, memory: 'small' });
    await using clip = bareClip(model, encoder, Math.min(usual, config.text.maxPositions));
    return { image: await clip.embedImages(images, during), text: await clip.embedTexts(texts, during) };
  }

  return {
    read,
    vectors: async (lowering: Lowering, { images, texts }: CheckSamples) =>
      embed(await read(), lowering, images, texts),
    /** The example's vectors; `halved`: with weights rounded as cn_clip's `load_from_name` does. */
    example: async (halved: boolean, image: Picture) => {
      const model = await read();
      const weights = halved ? rounded(model.weights) : model.weights;
      return embed({ ...model, weights }, serving, [image], EXAMPLE_TEXTS);
    },
  };
}

function compared(
  name: CheckName,
  expected: SampleVectors,
  got: SampleVectors,
  limits: Partial<Deviation>,
): CheckResult {
  const [a, b] = [joined(expected), joined(got)];
  return measured(name, a.count, { ...distance(a, b), ...limits });
}

function joined({ image, text }: SampleVectors): Embeddings {
  const data = new Float32Array(image.data.length + text.data.length);
  data.set(image.data);
  data.set(text.data, image.data.length);
  return embeddings(data, image.dim);
}
