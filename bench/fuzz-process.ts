/** The process that `fuzz.ts` watches: fuzz-process.ts <empty folder> <seed> <minutes>. */
import { largestAllocation, watchAllocations } from '../test/fuzz/allocations.ts';
import { runCase } from '../test/fuzz/case.ts';
import { fuzzSubjects } from '../test/fuzz/subjects.ts';

/** What has been done so far. */
export interface FuzzLine {
  readonly cases: Readonly<Record<string, { run: number; refused: number }>>;
  readonly peakMegabytes: number;
  /** The last group of cases that was begun. */
  readonly at: string;
}

/** A kind's turn, in milliseconds. */
const TURN = 500;

const [folder, seed, minutes] = process.argv.slice(2);
const end = performance.now() + Number(minutes) * 60_000;
const subjects = await fuzzSubjects(folder!);
const cases = Object.fromEntries(subjects.map(({ name }) => [name, { run: 0, refused: 0 }]));
watchAllocations();
largestAllocation();

while (performance.now() < end) {
  for (const subject of subjects) {
    const count = cases[subject.name]!;
    const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    const line: FuzzLine = { cases, peakMegabytes, at: `${subject.name}, case ${count.run}` };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    const until = Math.min(end, performance.now() + TURN);
    while (performance.now() < until) {
      const refused = await runCase(subject, Number(seed), count.run).catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
        return true;
      });
      count.run += 1;
      count.refused += Number(refused);
    }
  }
}
