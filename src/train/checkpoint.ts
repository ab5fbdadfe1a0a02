import { TuwenError } from '../base/index.ts';
import {
  fromFloat32,
  readSafetensors,
  readSafetensorsHeader,
  type StateDict,
  toFloat32,
  writeSafetensors,
} from '../weights/index.ts';
import type { AdamWState } from './adamw.ts';
import type { WeightArrays } from './objective.ts';

/** Everything a run needs to go on: kept in one safetensors file, its state as JSON in the metadata. */
export interface Checkpoint<S> {
  readonly weights: WeightArrays;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly optimizer: AdamWState;
  /** What the data needs to go on, such as the state of its random generator. JSON. */
  readonly data: S;
}

const FIRST = 'optimizer.first.';
const SECOND = 'optimizer.second.';
const STATE = 'tuwen.training';

/** Writes a checkpoint; the file appears whole or not at all. */
export async function saveCheckpoint<S>(path: string, checkpoint: Checkpoint<S>): Promise<void> {
  const { weights, shapes, optimizer, data } = checkpoint;
  const tensors: StateDict = new Map();
  const put = (prefix: string, arrays: WeightArrays) => {
    for (const [name, values] of arrays)
      tensors.set(prefix + name, fromFloat32(values, shapes.get(name)!, 'F32'));
  };
  put('', weights);
  put(FIRST, optimizer.first);
  put(SECOND, optimizer.second);
  await writeSafetensors(path, tensors, { [STATE]: JSON.stringify({ step: optimizer.step, data }) });
}

/** Reads a checkpoint into the arrays of `into`, which must be of the same model; returns the data's state. */
export async function loadCheckpoint<S>(path: string, into: Omit<Checkpoint<S>, 'data'>): Promise<S> {
  const { metadata } = await readSafetensorsHeader(path);
  const state = metadata.get(STATE);
  if (state === undefined) throw new TuwenError('TUWEN_NOT_A_CHECKPOINT', { path });
  const tensors = await readSafetensors(path);
  const take = (prefix: string, arrays: WeightArrays) => {
    for (const [name, values] of arrays) {
      const tensor = tensors.get(prefix + name);
      if (!tensor) throw new TuwenError('TUWEN_NOT_A_CHECKPOINT', { path });
      const stored = toFloat32(tensor);
      if (stored.length !== values.length) throw new TuwenError('TUWEN_NOT_A_CHECKPOINT', { path });
      values.set(stored);
    }
  };
  take('', into.weights);
  take(FIRST, into.optimizer.first);
  take(SECOND, into.optimizer.second);
  const { step, data } = JSON.parse(state) as { step: number; data: S };
  into.optimizer.step = step;
  return data;
}
