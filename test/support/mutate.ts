/** Bytes changed at random, repeatably. */
import { bytesOf } from './torch-writer.ts';

/** Whole numbers below a bound. */
export type Below = (below: number) => number;

/** Repeatable whole numbers. */
export function randomness(seed: number): Below {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return Math.floor((((state ^ (state >>> 12)) >>> 0) / 2 ** 32) * below);
  };
}

/** Bytes that matter to the readers of binary files: lengths, signs, instructions. */
export const TELLING = Buffer.from('\x00\x01\x7f\x80\xff().}]tRQXcuqhbK\x81\x85\x86\x87\x8a\x94', 'latin1');

/** A copy with one to eight changes: other bytes, a flipped bit, a piece moved, dropped or doubled, a cut end. */
export function mutated(original: Uint8Array, random: Below, telling: Uint8Array = TELLING): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(original);
  const place = () => (random(2) ? random(bytes.length) : Math.max(0, bytes.length - 1 - random(400)));
  for (let changes = 1 + random(8); changes > 0 && bytes.length > 0; changes--) {
    const [at, length] = [place(), 1 + random(16)];
    const kind = random(6);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = telling[random(telling.length)]!;
    else if (kind === 2) bytes[at]! ^= 1 << random(8);
    else if (kind === 3) bytes.copyWithin(at, place(), place());
    else if (kind === 4) bytes = bytesOf(bytes.subarray(0, at), bytes.subarray(at + random(2) * length - 1));
    else if (random(4) === 0) bytes = bytes.slice(0, at);
  }
  return bytes;
}

const FACTORS = [-1, 2, 1e3, 1e9, 0.5];

/** Values that a configuration does not expect: of other types, absurdly large, not finite once read. */
const ODD: readonly unknown[] = [
  ...[null, true, '', '0', [], {}, [[]], -1, 0, 0.5, 1, 2 ** 31, 2 ** 53, 1e308, -0],
  ...[
    '__proto__',
    'constructor',
    '[3,4,6,3]',
    '../../etc/passwd',
    '/etc/passwd',
    '\0',
    '\ud800',
    '9'.repeat(400),
  ],
];

/**
 * The text of a JSON value in which one to four places hold something else, are gone or doubled; one time in four the
 * bytes of the text are changed instead.
 */
export function mutatedJson(original: Uint8Array, random: Below): Uint8Array {
  if (random(4) === 0) return mutated(original, random, Buffer.from('{}[]",:\\0-9eE.\x00u\xff', 'latin1'));
  const root = { value: JSON.parse(Buffer.from(original).toString()) as unknown };
  for (let changes = 1 + random(4); changes > 0; changes--) changeSomewhere(root, random);
  return Buffer.from(JSON.stringify(root.value) ?? '');
}

function changeSomewhere(root: Record<string, unknown>, random: Below): void {
  let parent = root;
  for (;;) {
    const keys = Object.keys(parent);
    const key = keys[random(keys.length)];
    if (key === undefined) return;
    const value = parent[key];
    if (value !== null && typeof value === 'object' && Object.keys(value).length > 0 && random(8) > 0) {
      parent = value as Record<string, unknown>;
      continue;
    }
    const way = random(5);
    if (way === 0) delete parent[key];
    else if (way === 1) parent[`${key}${random(10)}`] = value;
    else if (typeof value === 'number' && random(2)) parent[key] = value * FACTORS[random(FACTORS.length)]!;
    else parent[key] = ODD[random(ODD.length)];
    return;
  }
}
