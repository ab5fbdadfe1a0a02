/**
 * Changed files of every kind are read or refused with a TuwenError, in little time and memory: a few here, as many as
 * wanted by `bench/fuzz.ts`. TUWEN_FUZZ is the number of cases of each kind (default 60), TUWEN_FUZZ_SEED another start.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { largestAllocation, watchAllocations } from './allocations.ts';
import { runCase } from './case.ts';
import { fuzzSubjects } from './subjects.ts';

const CASES = Number(process.env.TUWEN_FUZZ ?? 60);
const SEED = Number(process.env.TUWEN_FUZZ_SEED ?? 20260401);

const folder = mkdtempSync(join(tmpdir(), 'tuwen-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const subjects = await fuzzSubjects(folder);
watchAllocations();

test('an array that is asked for is heard of, touched or not', () => {
  largestAllocation();
  new Float32Array(1000);
  expect(largestAllocation()).toBe(4000);
  expect(largestAllocation()).toBe(0);
});

test.each(subjects)('$name: right as it is', async ({ original, read }) => {
  await expect(Promise.resolve(read(original))).resolves.not.toThrow();
});

test.each(subjects)('$name', { timeout: 60_000 + CASES * 100 }, async (subject) => {
  let refused = 0;
  for (let i = 0; i < CASES; i++) refused += Number(await runCase(subject, SEED, i));
  expect(refused).toBeGreaterThan(0);
});
