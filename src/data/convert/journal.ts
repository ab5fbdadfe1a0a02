/** What a conversion has done, so that another run goes on: a file in the folder of unfinished work. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeAtomically } from '../../weights/index.ts';
import { writing } from '../write/append-file.ts';
import type { WriterState } from '../write/types.ts';
import type { SplitReport } from './report.ts';

/** How far the split under way is: pictures first, then texts. */
export interface SplitProgress {
  readonly split: string;
  readonly phase: 'pictures' | 'texts';
  /** How many pictures or texts of the source are done, left out ones among them. */
  readonly done: number;
  readonly state: WriterState;
  readonly report: SplitReport;
}

export interface JobProgress {
  readonly finished: readonly SplitReport[];
  readonly current?: SplitProgress;
  /** Everything is whole and on its way to its final name. */
  readonly placing?: boolean;
}

export const JOURNAL = 'journal.json';

/** The progress of an earlier run of the same job; where it was another, the folder is emptied. */
export async function openJournal(folder: string, job: unknown): Promise<JobProgress> {
  const earlier = await readFile(join(folder, JOURNAL), 'utf8').then(parsed, () => undefined);
  if (isDeepStrictEqual(earlier?.job, JSON.parse(JSON.stringify(job)))) return earlier!.progress;
  await writing(folder, async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  });
  return { finished: [] };
}

export async function saveJournal(folder: string, job: unknown, progress: JobProgress): Promise<void> {
  await writeAtomically(join(folder, JOURNAL), [Buffer.from(JSON.stringify({ job, progress }))]);
}

function parsed(json: string): { job: unknown; progress: JobProgress } | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
