import { isTuwenError } from '../../src/base/index.ts';
import { randomness } from '../support/mutate.ts';
import { largestAllocation } from './allocations.ts';
import type { Subject } from './subjects.ts';

/** Of the processor, in microseconds: far beyond what a small file needs. */
const MAX_MICROSECONDS = 2e6;
/** The largest array that reading a small file may ask for: a file's own readers take theirs in pieces of 32 MiB. */
export const MAX_BYTES = 64 * 2 ** 20;

/** The generator of a case: each can be run alone. */
const seedOf = (seed: number, number: number) => Math.imul(seed ^ (number * 0x9e3779b1), 0x85ebca6b) >>> 0;

/**
 * Changes a file and reads it; returns whether it was refused. Throws where the refusal is no TuwenError, where it takes
 * too long, or where it asks for too much memory.
 */
export async function runCase(subject: Subject, seed: number, number: number): Promise<boolean> {
  const name = `${subject.name}, seed ${seed}, case ${number}`;
  const changed = subject.change(subject.original, randomness(seedOf(seed, number)));
  largestAllocation();
  const started = process.cpuUsage();
  let refused = false;
  try {
    await subject.read(changed);
  } catch (error) {
    if (!isTuwenError(error)) throw new Error(name, { cause: error });
    refused = true;
  }
  const microseconds = process.cpuUsage(started).user;
  if (microseconds > MAX_MICROSECONDS) throw new Error(`${name}: ${microseconds} µs`);
  const bytes = largestAllocation();
  if (bytes > MAX_BYTES) throw new Error(`${name}: ${bytes} bytes at once`);
  return refused;
}
