/**
 * TorchScript archives: a module's state and its code. Only the state is read, from a pickle whose objects are plain
 * records here; the code is never opened.
 */
import {
  PickleClass,
  type PickleDict,
  PickleFunction,
  type PickleHost,
  PickleRecord,
  type PickleValue,
} from './pickle-values.ts';
import type { Fail } from './torch-error.ts';
import { STATE_DICT_NAMES } from './torch-globals.ts';
import { TorchTensor } from './torch-tensor.ts';

/** Where TorchScript keeps the classes of a module's own code. */
const OWN_CLASSES = /^__torch__(\.|$)/;

/** Names that mark the type of a list or dictionary, which stays what it is. */
const TYPE_MARKS = new Map(
  ['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist', 'restore_type_tag'].map(
    (name) => [name, new PickleFunction(`torch.jit._pickle.${name}`, ([value]) => value)],
  ),
);

/** What the pickle of a TorchScript module may name: besides what a state dict does, the module's own classes. */
export const MODULE_NAMES: Pick<PickleHost, 'find' | 'hasObjects'> = {
  find(module, name) {
    if (OWN_CLASSES.test(module)) return new PickleClass(`${module}.${name}`);
    return module === 'torch.jit._pickle' ? TYPE_MARKS.get(name) : STATE_DICT_NAMES.find(module, name);
  },
  hasObjects: true,
};

/** Far beyond any model: modules within modules, modules in all, and letters of a tensor's name. */
const MAX_DEPTH = 64;
const MAX_MODULES = 2 ** 17;
const MAX_NAME = 1024;

/** The tensors of a module and of those within it by their dotted names, its own first, as `state_dict()` has them. */
export function moduleState(root: PickleRecord, fail: Fail): PickleDict {
  const state = new Map<string, PickleValue>();
  let modules = 0;
  const collect = ({ attributes }: PickleRecord, prefix: string, depth: number): void => {
    modules += 1;
    if (depth > MAX_DEPTH) throw fail('pickle-too-deep');
    if (modules > MAX_MODULES || prefix.length > MAX_NAME) throw fail('pickle-too-large');
    for (const [name, value] of attributes) {
      if (value instanceof TorchTensor) state.set(prefix + name, value);
    }
    for (const [name, value] of attributes) {
      if (value instanceof PickleRecord) collect(value, `${prefix}${name}.`, depth + 1);
    }
  };
  collect(root, '', 0);
  return state;
}
