/**
 * A restricted reader of Python pickles: it knows the instructions that dictionaries of tensors are made of, and no
 * others. Nothing is imported or run; names go through the host's table. One loop without recursion; every length is
 * held against the bytes before anything is allocated, and the number of values is bounded.
 */
import { TuwenError } from '../base/index.ts';
import type { ByteReader } from './byte-reader.ts';
import { FORBIDDEN_OPCODES, OPCODES } from './pickle-opcodes.ts';
import { isKey, type PickleHost, PickleList, type PickleTuple, type PickleValue } from './pickle-values.ts';
import type { Fail } from './torch-error.ts';

/** The largest pickle read, in bytes; one of a billion parameters with its optimizer has less than a megabyte. */
export const MAX_PICKLE_BYTES = 2 ** 24;

const MAX_INSTRUCTIONS = 2 ** 22;
const MAX_OBJECTS = 2 ** 19;
const MAX_DEPTH = 256;

/** What an instruction has to work with. */
export class PickleMachine {
  readonly bytes: ByteReader;
  readonly host: PickleHost;
  readonly fail: Fail;
  readonly source: string;
  private readonly memo = new Map<number, PickleValue>();
  private readonly outer: PickleValue[][] = [];
  private stack: PickleValue[] = [];
  private objects = 0;

  constructor(bytes: ByteReader, host: PickleHost, fail: Fail, source: string) {
    this.bytes = bytes;
    this.host = host;
    this.fail = fail;
    this.source = source;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  /** Pushes a value that takes memory of its own. */
  make(value: PickleValue): void {
    this.objects += 1;
    if (this.objects > MAX_OBJECTS) throw this.fail('pickle-too-large');
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw this.fail('pickle-stack');
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.fail('pickle-stack');
    return value;
  }

  /** Starts a list of values. */
  mark(): void {
    if (this.outer.length === MAX_DEPTH) throw this.fail('pickle-too-deep');
    this.outer.push(this.stack);
    this.stack = [];
  }

  /** The values since the last mark. */
  popMark(): PickleValue[] {
    const values = this.stack;
    const outer = this.outer.pop();
    if (!outer) throw this.fail('pickle-stack');
    this.stack = outer;
    return values;
  }

  /** The last `count` values as a tuple. */
  tuple(count: number): void {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.pop());
    this.make(values);
  }

  /** Keeps the value on top for `recall`, under the next free number unless told. */
  keep(index = this.memo.size): void {
    if (this.memo.size === MAX_OBJECTS) throw this.fail('pickle-too-large');
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.fail('pickle-memo', String(index));
    this.stack.push(value);
  }

  /** Looks a global name up. Throws TUWEN_PICKLE_UNSAFE. */
  global(module: string, name: string): void {
    const found = this.host.find(module, name);
    if (!found) throw this.unsafe('global', `${module}.${name}`);
    this.push(found);
  }

  /** The error of a name or an instruction that no state dict needs. */
  unsafe(what: 'global' | 'opcode', name: string): TuwenError {
    return new TuwenError('TUWEN_PICKLE_UNSAFE', { source: this.source, what, name });
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!(list instanceof PickleList)) throw this.fail('pickle-stack');
    for (const item of items) list.items.push(item);
  }

  /** Sets keys and values, one after the other, in the dictionary on top. */
  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) throw this.fail('pickle-stack');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (!isKey(key)) throw this.fail('pickle-stack');
      dict.set(key, items[i + 1]!);
    }
  }

  popTuple(): PickleTuple {
    const value = this.pop();
    if (!Array.isArray(value)) throw this.fail('pickle-stack');
    return value;
  }

  popText(): string {
    const value = this.pop();
    if (typeof value !== 'string') throw this.fail('pickle-stack');
    return value;
  }
}

/**
 * The value of the pickle that begins at the reader's place, which ends after it.
 * Throws TUWEN_TORCH_INVALID, TUWEN_PICKLE_UNSAFE.
 */
export function unpickle(bytes: ByteReader, host: PickleHost, fail: Fail, source: string): PickleValue {
  const machine = new PickleMachine(bytes, host, fail, source);
  for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
    const opcode = bytes.uint8();
    if (opcode === STOP) return machine.pop();
    const instruction = OPCODES.get(opcode);
    if (!instruction)
      throw machine.unsafe('opcode', FORBIDDEN_OPCODES.get(opcode) ?? `0x${opcode.toString(16)}`);
    instruction(machine);
  }
  throw fail('pickle-too-large');
}

const STOP = '.'.charCodeAt(0);
