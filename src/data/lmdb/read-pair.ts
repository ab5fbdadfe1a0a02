/** Pickles of `(image_id, text_id, text)`, the values of an LMDB of pairs, read without running anything. */
import type { Id, Pair } from '../types.ts';

/** Stands on the stack where a tuple begins. */
const MARK = null;
type Value = Id | readonly Value[] | null;

/** Reads a value's pickle of any protocol Python writes for such a tuple; undefined for anything else. */
export function readPair(bytes: Buffer): Pair | undefined {
  try {
    const value = unpickle(bytes);
    if (!Array.isArray(value) || value.length !== 3) return undefined;
    const [imageId, textId, caption] = value as readonly Value[];
    return isId(imageId) && isId(textId) && typeof caption === 'string'
      ? { imageId, textId, text: caption }
      : undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

function isId(value: Value | undefined): value is Id {
  return ['number', 'bigint', 'string'].includes(typeof value);
}

const STOP = 0x2e;
/** More than such a tuple takes in any protocol. */
const MAX_INSTRUCTIONS = 32;

interface Machine {
  readonly bytes: Buffer;
  at: number;
  readonly stack: Value[];
  readonly memo: Map<number, Value>;
}

function unpickle(bytes: Buffer): Value {
  const machine: Machine = { bytes, at: 0, stack: [], memo: new Map() };
  for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
    const opcode = bytes.readUInt8(machine.at++);
    if (opcode === STOP) return pop(machine);
    const instruction = INSTRUCTIONS.get(opcode);
    if (!instruction) throw new SyntaxError('opcode');
    instruction(machine);
  }
  throw new SyntaxError('too long');
}

const INSTRUCTIONS: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => void take(m, 1)], // PROTO
  [0x95, (m) => void take(m, 8)], // FRAME
  [code('K'), (m) => void m.stack.push(take(m, 1).readUInt8())],
  [code('M'), (m) => void m.stack.push(take(m, 2).readUInt16LE())],
  [code('J'), (m) => void m.stack.push(take(m, 4).readInt32LE())],
  [0x8a, (m) => void m.stack.push(signed(take(m, take(m, 1).readUInt8())))], // LONG1
  [code('I'), (m) => void m.stack.push(decimal(line(m)))],
  [code('L'), (m) => void m.stack.push(decimal(line(m).replace(/L$/, '')))],
  [0x8c, (m) => void m.stack.push(text(take(m, take(m, 1).readUInt8())))], // SHORT_BINUNICODE
  [code('X'), (m) => void m.stack.push(text(take(m, take(m, 4).readUInt32LE())))],
  [code('V'), (m) => void m.stack.push(rawUnicode(line(m)))],
  [code('('), (m) => void m.stack.push(MARK)],
  [code('t'), (m) => void m.stack.push(sinceMark(m))],
  [0x87, (m) => void m.stack.push([pop(m), pop(m), pop(m)].reverse())], // TUPLE3
  [0x94, (m) => void m.memo.set(m.memo.size, top(m))], // MEMOIZE
  [code('q'), (m) => void m.memo.set(take(m, 1).readUInt8(), top(m))],
  [code('r'), (m) => void m.memo.set(take(m, 4).readUInt32LE(), top(m))],
  [code('p'), (m) => void m.memo.set(Number(line(m)), top(m))],
  [code('h'), (m) => void m.stack.push(recalled(m, take(m, 1).readUInt8()))],
  [code('g'), (m) => void m.stack.push(recalled(m, Number(line(m))))],
]);

function code(character: string): number {
  return character.charCodeAt(0);
}

function take(machine: Machine, length: number): Buffer {
  if (machine.at + length > machine.bytes.length) throw new RangeError('short');
  machine.at += length;
  return machine.bytes.subarray(machine.at - length, machine.at);
}

function line(machine: Machine): string {
  const end = machine.bytes.indexOf(10, machine.at);
  if (end < 0) throw new RangeError('short');
  const bytes = take(machine, end - machine.at);
  machine.at += 1;
  return bytes.toString('latin1');
}

function pop({ stack }: Machine): Value {
  if (stack.length === 0) throw new SyntaxError('stack');
  return stack.pop()!;
}

function top(machine: Machine): Value {
  const value = pop(machine);
  machine.stack.push(value);
  return value;
}

function sinceMark({ stack }: Machine): Value {
  const mark = stack.lastIndexOf(MARK);
  if (mark < 0) throw new SyntaxError('stack');
  return stack.splice(mark).slice(1);
}

function recalled({ memo }: Machine, index: number): Value {
  const value = memo.get(index);
  if (value === undefined) throw new SyntaxError('memo');
  return value;
}

function text(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Python's raw-unicode-escape. */
function rawUnicode(escaped: string): string {
  return escaped.replace(/\\u([\da-f]{4})|\\U([\da-f]{8})/gi, (_, short, long) =>
    String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}

function decimal(digits: string): Id {
  return whole(BigInt(digits));
}

function signed(bytes: Buffer): Id {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return whole(BigInt.asIntN(bytes.length * 8, value));
}

function whole(value: bigint): Id {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
