import { TuwenError } from '../../base/index.ts';
import type { DType, TensorInfo } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { type StateEntry, stateEntries } from '../parameters.ts';

/** What belongs under a name. */
export interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly kind: 'float' | 'int64';
}

const DTYPES: Readonly<Record<ExpectedTensor['kind'], readonly DType[]>> = {
  float: ['F32', 'F16', 'BF16', 'F64'],
  int64: ['I64'],
};

/** What belongs under cn_clip's names. */
export function expectedOf(entries: readonly StateEntry[]): Map<string, ExpectedTensor> {
  return new Map(
    entries.map(({ name, shape, role }) => [name, { shape, kind: role === 'counter' ? 'int64' : 'float' }]),
  );
}

/** What is wrong with tensors, by name. */
export interface Misfits {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misshapen: readonly { readonly name: string; readonly expected: string; readonly got: string }[];
}

/** Holds tensors against what a configuration asks for, names matching `ignored` aside. */
export function misfitsOf(
  found: ReadonlyMap<string, TensorInfo>,
  expected: ReadonlyMap<string, ExpectedTensor>,
  ignored?: RegExp,
): Misfits {
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const unexpected = [...found.keys()].filter((name) => !expected.has(name) && !ignored?.test(name));
  const misshapen = [...expected].flatMap(([name, { shape, kind }]) => {
    const tensor = found.get(name);
    if (!tensor || (sameShape(tensor.shape, shape) && DTYPES[kind].includes(tensor.dtype))) return [];
    return [{ name, expected: `${kind} [${shape}]`, got: `${tensor.dtype} [${tensor.shape}]` }];
  });
  return { missing, unexpected, misshapen };
}

/** Throws TUWEN_CHECKPOINT_MISMATCH, with everything that is wrong, where anything is. */
export function requireFit(path: string, { missing, unexpected, misshapen }: Misfits): void {
  if (missing.length + unexpected.length + misshapen.length > 0)
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', { path, missing, unexpected, misshapen });
}

/** Whether a model of this configuration has just these tensors. */
export function fits(config: ClipConfig, tensors: ReadonlyMap<string, TensorInfo>): boolean {
  const entries = stateEntries(config);
  return (
    entries.length === tensors.size &&
    entries.every(({ name, shape }) => {
      const tensor = tensors.get(name);
      return tensor !== undefined && sameShape(tensor.shape, shape);
    })
  );
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
