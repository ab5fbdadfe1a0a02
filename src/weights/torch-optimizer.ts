/** The state of an AdamW as PyTorch checkpoints hold it: `optimizer` beside `state_dict`. */

import { toFloat32 } from './convert.ts';
import { withFile } from './files.ts';
import { type PickleDict, PickleList, type PickleValue } from './pickle-values.ts';
import type { ReadOptions } from './safetensors-file.ts';
import type { Tensor } from './tensor.ts';
import { openTorch, readTensors, wrapperOf } from './torch.ts';
import { type Fail, torchErrors } from './torch-error.ts';
import { TorchTensor } from './torch-tensor.ts';

/** What an AdamW remembers of one parameter. */
export interface TorchMoments<T = Tensor, Step = number> {
  /** Steps made. */
  readonly step: Step;
  /** The first moment, of the parameter's shape. */
  readonly first: T;
  /** The second one. */
  readonly second: T;
}

/** An AdamW's state; parameters are numbered through all groups, in their order. */
export interface TorchOptimizer {
  readonly groups: readonly TorchGroup[];
  readonly state: ReadonlyMap<number, TorchMoments>;
}

export interface TorchGroup {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  /** The numbers of its parameters. */
  readonly parameters: readonly number[];
}

/** PyTorch's names of the moments. */
export const MOMENTS = { first: 'exp_avg', second: 'exp_avg_sq' } as const;

/**
 * Reads the optimizer's state of a training checkpoint; undefined where it has none. Only its own storages are read.
 * Throws TUWEN_TORCH_INVALID (also where it is another kind of optimizer), and as `readTorch`.
 */
export function readTorchOptimizer(
  path: string,
  options: ReadOptions = {},
): Promise<TorchOptimizer | undefined> {
  return withFile(
    path,
    async (file) => {
      const fail = torchErrors(file.path);
      const torch = await openTorch(file, fail);
      const found = wrapperOf(torch.root)?.get('optimizer');
      if (found === undefined) return undefined;
      const { groups, state } = described(found, fail);
      const tensors = new Map<string, TorchTensor>();
      for (const [number, moments] of state)
        for (const [name, value] of Object.entries(moments))
          if (value instanceof TorchTensor) tensors.set(`${number}.${name}`, value);
      const read = await readTensors(torch, tensors, { file, fail, ...options });
      const momentsOf = (number: number, { step }: StoredMoments): TorchMoments => ({
        step: typeof step === 'number' ? step : toFloat32(read.get(`${number}.step`)!)[0]!,
        first: read.get(`${number}.first`)!,
        second: read.get(`${number}.second`)!,
      });
      return {
        groups,
        state: new Map(Array.from(state, ([number, moments]) => [number, momentsOf(number, moments)])),
      };
    },
    options.signal,
  );
}

/** Moments of which only the places are known; newer versions keep the step in a tensor. */
type StoredMoments = TorchMoments<TorchTensor, TorchTensor | number>;

/** What the pickle says of an optimizer. */
function described(found: PickleValue, fail: Fail) {
  const [groups, state] = found instanceof Map ? [found.get('param_groups'), found.get('state')] : [];
  if (!(groups instanceof PickleList) || !(state instanceof Map)) throw fail('not-an-optimizer');
  const moments = Array.from(state, ([number, value]) => {
    if (typeof number !== 'number') throw fail('not-an-optimizer', `state ${String(number)}`);
    return [number, storedMoments(value, `state ${number}`, fail)] as const;
  });
  return {
    groups: groups.items.map((group, i) => groupOf(group, `param_groups ${i}`, fail)),
    state: new Map(moments),
  };
}

function storedMoments(value: PickleValue, about: string, fail: Fail): StoredMoments {
  const dict: PickleDict = value instanceof Map ? value : new Map();
  const tensor = (name: string): TorchTensor => {
    const found = dict.get(name);
    if (!(found instanceof TorchTensor)) throw fail('not-an-optimizer', about);
    if (!found.fits) throw fail('bad-tensor', about);
    return found;
  };
  const step = dict.get('step');
  return {
    step: typeof step === 'number' ? step : tensor('step'),
    first: tensor(MOMENTS.first),
    second: tensor(MOMENTS.second),
  };
}

function groupOf(value: PickleValue, about: string, fail: Fail): TorchGroup {
  const dict: PickleDict = value instanceof Map ? value : new Map();
  const number = (of: PickleValue | undefined): number => {
    if (typeof of !== 'number') throw fail('not-an-optimizer', about);
    return of;
  };
  const [betas, parameters] = [dict.get('betas'), dict.get('params')];
  if (!Array.isArray(betas) || !(parameters instanceof PickleList)) throw fail('not-an-optimizer', about);
  return {
    lr: number(dict.get('lr')),
    betas: [number(betas[0]), number(betas[1])],
    eps: number(dict.get('eps')),
    weightDecay: number(dict.get('weight_decay')),
    parameters: parameters.items.map(number),
  };
}
