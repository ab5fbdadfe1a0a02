/** What a pickle of weights may hold: plain data. No value here can run anything but the functions of our own table. */

/** A Python list. Tuples are plain arrays. */
export class PickleList {
  readonly items: PickleValue[] = [];
}

/** A name of Python's that the reader knows, and what calling it makes of the arguments. */
export class PickleFunction {
  readonly name: string;
  /** Gives undefined where the arguments are not its own. */
  readonly call: (args: readonly PickleValue[]) => PickleValue | undefined;

  constructor(name: string, call: (args: readonly PickleValue[]) => PickleValue | undefined) {
    this.name = name;
    this.call = call;
  }
}

/** Something a reader's own functions and references make: a storage, a tensor, an element type. */
export abstract class PickleObject {
  /** Takes the state that belongs to it; gives whether it has any such state. */
  setState?(state: PickleValue): boolean;
}

/** A class of the file's own, by its name: its code is never looked at. */
export class PickleClass {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object of such a class: what was stored in it, by name. */
export class PickleRecord extends PickleObject {
  readonly attributes = new Map<string, PickleValue>();

  override setState(state: PickleValue): boolean {
    if (!(state instanceof Map)) return false;
    for (const [name, value] of state) {
      if (typeof name !== 'string') return false;
      this.attributes.set(name, value);
    }
    return true;
  }
}

/** A dictionary by text, number or boolean; ordered like Python's. */
export type PickleDict = Map<PickleKey, PickleValue>;
export type PickleKey = string | number | bigint | boolean | null;
export type PickleTuple = readonly PickleValue[];

export type PickleValue =
  | PickleKey
  | Uint8Array
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleFunction
  | PickleClass
  | PickleObject;

/** Whether a value may name another in a dictionary. */
export function isKey(value: PickleValue): value is PickleKey {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** What a pickle may refer to outside itself. */
export interface PickleHost {
  /** The function or class behind a global name; undefined where it is not allowed. */
  find(module: string, name: string): PickleFunction | PickleClass | undefined;
  /** Whether a pickle may hold objects of the classes that `find` gives. */
  readonly hasObjects: boolean;
  /** What a persistent id stands for. Throws where it is not one of this file's. */
  load(id: PickleValue): PickleValue;
}
