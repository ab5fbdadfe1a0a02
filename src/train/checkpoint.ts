import { isTuwenError, TuwenError } from '../base/index.ts';
import { type ClipConfig, embedModel, TRAINING_STATE } from '../clip/index.ts';
import {
  fromFloat32,
  readSafetensors,
  readSafetensorsHeader,
  type StateDict,
  type Tensor,
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
  /** Told to whoever reads the file: whole epochs and steps made, the name of the run. */
  readonly notes?: { readonly epoch: number; readonly step: number; readonly name: string };
  /** What makes the file a model by itself, which `loadClip` loads: its configuration and the text of its vocab.txt. */
  readonly model?: { readonly config: ClipConfig; readonly vocabulary: string };
}

const FIRST = 'optimizer.first.';
const SECOND = 'optimizer.second.';

/** Writes a checkpoint; the file appears whole or not at all. */
export async function saveCheckpoint<S>(path: string, checkpoint: Checkpoint<S>): Promise<void> {
  const { weights, shapes, optimizer, data, notes = {}, model } = checkpoint;
  const tensors: StateDict = new Map();
  const put = (prefix: string, arrays: WeightArrays) => {
    for (const [name, values] of arrays)
      tensors.set(prefix + name, fromFloat32(values, shapes.get(name)!, 'F32'));
  };
  put('', weights);
  put(FIRST, optimizer.first);
  put(SECOND, optimizer.second);
  const state = JSON.stringify({ step: optimizer.step, data });
  const own = model ? embedModel(model.config, model.vocabulary) : {};
  const told = Object.entries(notes).map(([name, note]) => [name, String(note)]);
  await writeSafetensors(path, tensors, { [TRAINING_STATE]: state, ...Object.fromEntries(told), ...own });
}

/**
 * Reads a checkpoint into the arrays of `into` and returns the data's state. Throws TUWEN_NOT_A_CHECKPOINT, with
 * nothing written, where the file is none or is of another model; moments are read where `into` has them.
 */
export async function loadCheckpoint<S>(
  path: string,
  into: Omit<Checkpoint<S>, 'data' | 'notes' | 'model'>,
): Promise<S> {
  const { weights, shapes, optimizer } = into;
  const { state, tensors } = await readCheckpoint<S>(path);
  const names = [...tensors.keys()].filter((name) => !name.startsWith(FIRST) && !name.startsWith(SECOND));
  if (names.length !== weights.size) throw notACheckpoint(path);
  const copies: [from: Tensor, to: Float32Array][] = [];
  const plan = (prefix: string, arrays: WeightArrays) => {
    for (const [name, to] of arrays) {
      const from = tensors.get(prefix + name);
      if (from?.shape.join() !== shapes.get(name)!.join()) throw notACheckpoint(path);
      copies.push([from, to]);
    }
  };
  plan('', weights);
  plan(FIRST, optimizer.first);
  plan(SECOND, optimizer.second);
  for (const [from, to] of copies) to.set(toFloat32(from));
  optimizer.step = state.step;
  return state.data;
}

/** How many steps a checkpoint's optimiser has made, and its data's state. Throws TUWEN_NOT_A_CHECKPOINT, also where the file is not whole. */
export async function readCheckpointState<S>(path: string): Promise<{ step: number; data: S }> {
  return asCheckpoint(path, async () => {
    const { metadata } = await readSafetensorsHeader(path);
    const state = JSON.parse(metadata.get(TRAINING_STATE) ?? '') as { step: number; data: S } | null;
    if (!Number.isInteger(state?.step)) throw notACheckpoint(path);
    return state!;
  });
}

/** The moments of a checkpoint, left in their file, with its steps and its data's state. Throws TUWEN_NOT_A_CHECKPOINT. */
export async function readCheckpointMoments<S>(
  path: string,
): Promise<{ step: number; data: S; first: StateDict; second: StateDict }> {
  const state = await readCheckpointState<S>(path);
  const tensors = await asCheckpoint(path, () => readSafetensors(path, { mapped: true }));
  const below = (prefix: string): StateDict => {
    const own = [...tensors].filter(([name]) => name.startsWith(prefix));
    return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  };
  return { ...state, first: below(FIRST), second: below(SECOND) };
}

/** The tensors of a checkpoint, and what its metadata holds. */
async function readCheckpoint<S>(path: string) {
  const state = await readCheckpointState<S>(path);
  return { state, tensors: await asCheckpoint(path, () => readSafetensors(path)) };
}

async function asCheckpoint<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const isForeign = cause instanceof SyntaxError || isTuwenError(cause, 'TUWEN_SAFETENSORS_INVALID');
    throw isForeign ? notACheckpoint(path, cause) : cause;
  }
}

function notACheckpoint(path: string, cause?: unknown): TuwenError {
  return new TuwenError('TUWEN_NOT_A_CHECKPOINT', { path }, { cause });
}
