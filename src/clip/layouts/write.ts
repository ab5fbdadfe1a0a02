/** What writers of all layouts share. */
import { mkdir } from 'node:fs/promises';
import type { OnProgress } from '../../base/index.ts';
import { TuwenError } from '../../base/index.ts';
import {
  as,
  type StateDict,
  type Tensor,
  type TorchOptimizer,
  writeAtomically,
} from '../../weights/index.ts';
import { type StateEntry, stateEntries } from '../parameters.ts';
import { isRounded } from '../rounding.ts';
import { expectedOf, misfitsOf, requireFit } from './check-tensors.ts';
import type { StoredModel } from './layout.ts';

export interface WriteModelOptions {
  /**
   * `F16` rounds what cn_clip rounds when it loads a model (convolutions, linear layers, all of BERT) to half precision;
   * `F32` widens. Left out, every tensor keeps its type.
   */
  readonly dtype?: 'F16' | 'F32' | undefined;
  /** Written beside the weights, in cn_clip's layout alone. */
  readonly optimizer?: TorchOptimizer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Counts bytes. */
  readonly onProgress?: OnProgress | undefined;
}

/**
 * The tensors of a model in cn_clip's order, in the types asked for, each made when its bytes are. `place` names the
 * model in errors. Throws TUWEN_CHECKPOINT_MISMATCH where they are not the configuration's.
 */
export function stateOf(
  place: string,
  { config, weights }: StoredModel,
  { dtype }: WriteModelOptions,
): StateDict {
  const entries = stateEntries(config);
  requireFit(place, misfitsOf(weights, expectedOf(entries)));
  return new Map(entries.map((entry) => [entry.name, storedAs(weights.get(entry.name)!, entry, dtype)]));
}

function storedAs(tensor: Tensor, { role, name }: StateEntry, dtype: WriteModelOptions['dtype']): Tensor {
  if (dtype === undefined || role === 'counter') return tensor;
  return dtype === 'F16' && !isRounded(name) ? tensor : as(tensor, dtype);
}

/** What a safetensors file's metadata says of a model. */
export function metadataOf({ training }: StoredModel): Record<string, string> {
  const notes = Object.entries(training ?? {}).map(([name, note]) => [name, String(note)]);
  return { format: 'pt', ...Object.fromEntries(notes) };
}

/** Makes a folder where there is none. Throws TUWEN_FILE_UNWRITABLE. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  });
}

export function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, [new TextEncoder().encode(text)]);
}

export function writeJson(path: string, value: object): Promise<void> {
  return writeText(path, `${JSON.stringify(value, null, 2)}\n`);
}
