/** The batches of a stage, each a function of the settings and its step alone, so that a run can go on anywhere. */
import type { TuwenError } from '../../base/index.ts';
import { type DataSet, epochOrder, type Id, type Pair } from '../../data/index.ts';
import type { EngineTensor } from '../../engine/index.ts';
import type { PairBatch } from '../clip-objective.ts';
import { batchOf, keptApart } from '../order.ts';
import type { Plan } from '../settings/plan.ts';
import type { Settings } from '../settings/settings.ts';
import { labelTargets } from './label-targets.ts';
import { type Loader, pictureMissing } from './loader.ts';
import { keptPatches } from './masked-patches.ts';
import type { PictureFeatures } from './picture-features.ts';
import type { TextVectors } from './text-vectors.ts';

/** A batch with what is told of it. */
export interface Prepared extends PairBatch {
  readonly found: readonly Pair[];
  /** Why other pairs were left out. */
  readonly broken: readonly TuwenError[];
}

export interface BatchOptions {
  readonly settings: Settings;
  readonly data: DataSet;
  readonly pairs: number;
  readonly plan: Plan;
  readonly loader: Loader;
  /** How many patches a picture has, and how many of them enter. */
  readonly patches?: { readonly all: number; readonly kept: number };
  /** The image tower's vectors, where it is not trained and nothing random feeds it. */
  readonly features?: PictureFeatures;
  /** The text tower's vectors of all texts, which every picture is compared with. */
  readonly texts?: TextVectors;
  /** The teacher's vectors: kept ones, or as it gives them. */
  readonly teacher?:
    | { readonly dim: number; readonly kept: PictureFeatures }
    | ((pixels: EngineTensor) => Promise<EngineTensor>);
}

/** What makes the batch of a step (from 0). Throws what reading and preparing pictures throw. */
export async function stageBatches(options: BatchOptions): Promise<(step: number) => Promise<Prepared>> {
  const { settings, plan, loader, patches, features, teacher } = options;
  const orderOf = await epochOrders(options);
  return async (step) => {
    const epoch = Math.floor(step / plan.stepsPerEpoch);
    const places = batchOf(orderOf(epoch), step % plan.stepsPerEpoch, plan.batch);
    const asked = await loader.pairs(places);
    const ids = asked.map(({ imageId }) => imageId);
    const draws = places.map((place) => epoch * options.pairs + place);
    const needsPixels = !features || typeof teacher === 'function';
    const pictures = needsPixels ? await loader.pictures(ids, draws) : known(ids, features, settings);
    const found = pictures.rows.map((row) => asked[row]!);
    const texts = found.map(({ text }) => text);
    const count = found.length;
    const taught =
      typeof teacher === 'function'
        ? await teacher(pictures.teacher!)
        : teacher && vectorsOf(found, teacher.kept, teacher.dim);
    return {
      step,
      pixels: features ? vectorsOf(found, features) : pictures.pixels!,
      ids: options.texts ? options.texts.of(texts) : loader.tokens(texts),
      ...(options.texts ? { allTexts: options.texts.all } : {}),
      ...(patches ? { kept: keptPatches(count, patches.all, patches.kept, settings.seed, step) } : {}),
      ...(settings['label-aware'] ? { targets: labelTargets(texts) } : {}),
      ...(taught ? { teacher: taught } : {}),
      found,
      broken: pictures.broken,
    };
  };
}

interface Found {
  readonly rows: readonly number[];
  readonly broken: readonly TuwenError[];
  readonly pixels?: EngineTensor;
  readonly teacher?: EngineTensor;
}

/** Which pictures have a vector; the others could not be read when vectors were computed. */
function known(ids: readonly Id[], features: PictureFeatures, settings: Settings): Found {
  const rows = ids.flatMap((id, i) => (features.of(id) ? [i] : []));
  const missing = ids.filter((id) => !features.of(id));
  const broken = missing.map((id) => pictureMissing(settings['train-data'], id));
  if (rows.length === 0) throw broken[0]!;
  return { rows, broken };
}

function vectorsOf(pairs: readonly Pair[], features: PictureFeatures, width?: number): EngineTensor {
  const dim = width ?? features.of(pairs[0]!.imageId)!.length;
  const data = new Float32Array(pairs.length * dim);
  pairs.forEach(({ imageId }, i) => {
    data.set(features.of(imageId)!, i * dim);
  });
  return { data, dims: [pairs.length, dim] };
}

/** The order of each epoch as the reference's trainer has it, with equal texts kept apart where that is wished. */
async function epochOrders({
  settings,
  data,
  pairs,
  plan,
}: BatchOptions): Promise<(epoch: number) => Uint32Array> {
  const keys = settings['keep-apart'] ? await textNumbers(data, pairs) : undefined;
  let last: { epoch: number; order: Uint32Array } | undefined;
  return (epoch) => {
    if (last?.epoch === epoch) return last.order;
    const plain = epochOrder({ pairs, batchSize: settings['batch-size'], epoch, seed: settings.seed });
    const order = keys ? keptApart(plain, (pair) => keys[pair]!, plan.batch) : plain;
    last = { epoch, order };
    return order;
  };
}

/** A number for the text of every pair: the same for the same text. */
async function textNumbers(data: DataSet, pairs: number): Promise<Uint32Array> {
  const numbers = new Map<string, number>();
  const result = new Uint32Array(pairs);
  let place = 0;
  for await (const { text } of data.pairs()) {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    result[place++] = number;
  }
  return result;
}

/** The same batches, each prepared while the one before is used. */
export function preparedAhead<T>(
  make: (step: number) => Promise<T>,
  steps: number,
): (step: number) => Promise<T> {
  let ahead: { step: number; ready: Promise<T> } | undefined;
  return async (step) => {
    const ready = ahead?.step === step ? ahead.ready : make(step);
    const batch = await ready;
    if (step + 1 < steps) {
      ahead = { step: step + 1, ready: make(step + 1) };
      ahead.ready.catch(() => {}); // Reported when its turn comes.
    }
    return batch;
  };
}
