/** The instructions of pickles that a state dict is made of, protocols 2 to 5. */
import type { PickleMachine } from './pickle.ts';
import {
  PickleClass,
  PickleFunction,
  PickleList,
  PickleObject,
  PickleRecord,
  type PickleTuple,
} from './pickle-values.ts';

type Instruction = (machine: PickleMachine) => void;

const HIGHEST_PROTOCOL = 5;

const EMPTY_TUPLE: PickleTuple = Object.freeze([]);

const TABLE: readonly (readonly [opcode: number | string, name: string, instruction: Instruction])[] = [
  [0x80, 'PROTO', protocol],
  [0x95, 'FRAME', (m) => void m.bytes.uint64()],

  ['N', 'NONE', (m) => m.push(null)],
  [0x88, 'NEWTRUE', (m) => m.push(true)],
  [0x89, 'NEWFALSE', (m) => m.push(false)],
  ['K', 'BININT1', (m) => m.push(m.bytes.uint8())],
  ['M', 'BININT2', (m) => m.push(m.bytes.uint16())],
  ['J', 'BININT', (m) => m.push(m.bytes.int32())],
  [0x8a, 'LONG1', (m) => m.make(wholeNumber(m.bytes.take(m.bytes.uint8())))],
  ['G', 'BINFLOAT', (m) => m.push(m.bytes.float64())],

  ['X', 'BINUNICODE', (m) => m.make(text(m, m.bytes.uint32()))],
  [0x8c, 'SHORT_BINUNICODE', (m) => m.make(text(m, m.bytes.uint8()))],
  [0x8d, 'BINUNICODE8', (m) => m.make(text(m, m.bytes.uint64()))],
  ['C', 'SHORT_BINBYTES', (m) => m.make(m.bytes.take(m.bytes.uint8()))],
  ['B', 'BINBYTES', (m) => m.make(m.bytes.take(m.bytes.uint32()))],

  [')', 'EMPTY_TUPLE', (m) => m.push(EMPTY_TUPLE)],
  [0x85, 'TUPLE1', (m) => m.tuple(1)],
  [0x86, 'TUPLE2', (m) => m.tuple(2)],
  [0x87, 'TUPLE3', (m) => m.tuple(3)],
  ['(', 'MARK', (m) => m.mark()],
  ['t', 'TUPLE', (m) => m.make(m.popMark())],
  [']', 'EMPTY_LIST', (m) => m.make(new PickleList())],
  ['a', 'APPEND', (m) => m.append([m.pop()])],
  ['e', 'APPENDS', (m) => m.append(m.popMark())],
  ['}', 'EMPTY_DICT', (m) => m.make(new Map())],
  ['s', 'SETITEM', setItem],
  ['u', 'SETITEMS', (m) => m.setItems(m.popMark())],

  ['q', 'BINPUT', (m) => m.keep(m.bytes.uint8())],
  ['r', 'LONG_BINPUT', (m) => m.keep(m.bytes.uint32())],
  [0x94, 'MEMOIZE', (m) => m.keep()],
  ['h', 'BINGET', (m) => m.recall(m.bytes.uint8())],
  ['j', 'LONG_BINGET', (m) => m.recall(m.bytes.uint32())],

  ['c', 'GLOBAL', (m) => m.global(decode(m, m.bytes.line()), decode(m, m.bytes.line()))],
  [0x93, 'STACK_GLOBAL', stackGlobal],
  ['R', 'REDUCE', reduce],
  [0x81, 'NEWOBJ', newObject],
  ['b', 'BUILD', build],
  ['Q', 'BINPERSID', (m) => m.push(m.host.load(m.pop()))],
];

/** Instructions by their opcode. */
export const OPCODES: ReadonlyMap<number, Instruction> = new Map(
  TABLE.map(([opcode, , instruction]) => [code(opcode), instruction]),
);

/** Names of instructions that make or call things, and that no state dict needs. */
export const FORBIDDEN_OPCODES: ReadonlyMap<number, string> = new Map(
  (
    [
      ['i', 'INST'],
      ['o', 'OBJ'],
      [0x92, 'NEWOBJ_EX'],
      [0x82, 'EXT1'],
      [0x83, 'EXT2'],
      [0x84, 'EXT4'],
      ['P', 'PERSID'],
      ['0', 'POP'],
      ['1', 'POP_MARK'],
      ['2', 'DUP'],
    ] as const
  ).map(([opcode, name]) => [code(opcode), name]),
);

function code(opcode: number | string): number {
  return typeof opcode === 'string' ? opcode.charCodeAt(0) : opcode;
}

function protocol(m: PickleMachine): void {
  const version = m.bytes.uint8();
  if (version > HIGHEST_PROTOCOL) throw m.fail('pickle-protocol', String(version));
}

function text(m: PickleMachine, length: number): string {
  return decode(m, m.bytes.take(length));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(m: PickleMachine, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw m.fail('pickle-text', undefined, cause);
  }
}

/** A little-endian number in two's complement of at most 255 bytes; a bigint beyond 2^53. */
function wholeNumber(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  value = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function setItem(m: PickleMachine): void {
  const value = m.pop();
  const key = m.pop();
  m.setItems([key, value]);
}

function stackGlobal(m: PickleMachine): void {
  const name = m.popText();
  m.global(m.popText(), name);
}

function reduce(m: PickleMachine): void {
  const args = m.popTuple();
  const called = m.pop();
  if (!(called instanceof PickleFunction)) throw m.fail('bad-call');
  const value = called.call(args);
  if (value === undefined) throw m.fail('bad-call', called.name);
  m.make(value);
}

/** An empty object of a class of the file's own, where the kind of file has such. */
function newObject(m: PickleMachine): void {
  if (!m.host.hasObjects) throw m.unsafe('opcode', 'NEWOBJ');
  const args = m.popTuple();
  const made = m.pop();
  if (!(made instanceof PickleClass)) throw m.unsafe('opcode', 'NEWOBJ');
  if (args.length > 0) throw m.fail('bad-call', made.name);
  m.make(new PickleRecord());
}

/** The state of an object; that of a dictionary (a state dict's `_metadata`) says nothing about its tensors. */
function build(m: PickleMachine): void {
  const state = m.pop();
  const object = m.top();
  if (object instanceof Map) return;
  if (!(object instanceof PickleObject) || !object.setState?.(state)) throw m.fail('pickle-stack');
}
