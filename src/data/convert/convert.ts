import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { acquireLock, isTuwenError, type OnProgress, TuwenError } from '../../base/index.ts';
import { openDataSet, splitsOf } from '../open.ts';
import type { Form } from '../types.ts';
import { writing } from '../write/append-file.ts';
import type { FormWriter } from '../write/types.ts';
import { WRITERS } from '../write/writers.ts';
import { convertSplit } from './convert-split.ts';
import { JOURNAL, type JobProgress, openJournal, type SplitProgress, saveJournal } from './journal.ts';
import { moveInto, removeSplit } from './place.ts';
import type { ConvertReport, SplitReport } from './report.ts';

const CHECKPOINT_BYTES = 2 ** 26;

export interface ConvertOptions {
  /** The form of the input, where it holds several. */
  readonly form?: Form;
  /** Left out: all of them. */
  readonly splits?: readonly string[];
  /**
   * Decode every picture, and leave out those that cannot be and mentions of pictures that are not there: the report
   * names them all. Otherwise the first picture without bytes, or the first such mention, ends the conversion.
   */
  readonly skipBroken?: boolean;
  /** Replace splits that the output has already. */
  readonly force?: boolean;
  /** How much is written between two states from which another run can go on, in bytes (64 MB). */
  readonly checkpointBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Called for each picture or mention that is left out. */
  readonly onLeftOut?: (error: TuwenError) => void;
}

/**
 * Writes a data set anew in another form. Work under way lies in a folder `{output}.partial`; files appear under their
 * names when all are whole. Where a run was stopped, cancelled or killed, another one with the same options goes on.
 *
 * @throws TUWEN_DATA_EXISTS, TUWEN_LOCKED, TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, TUWEN_DATA_INVALID with file and
 *   line, and what opening the input throws
 */
export function convertDataSet(
  input: string,
  output: string,
  { to, ...options }: ConvertOptions & { readonly to: Form },
): Promise<ConvertReport> {
  return convertWith(WRITERS[to], input, output, options);
}

/** The same with a writer of one's own. */
export async function convertWith(
  writer: FormWriter,
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<ConvertReport> {
  const found = await splitsOf(input, options.form);
  const from = found[0]!.form;
  const all = found.map(({ split }) => split);
  const splits = options.splits ?? all;
  const unknown = splits.find((split) => !all.includes(split));
  if (unknown !== undefined) {
    throw new TuwenError('TUWEN_DATA_SPLIT', { path: input, split: unknown, splits: all });
  }
  const partial = `${resolve(output)}.partial`;
  await writing(partial, () => mkdir(partial, { recursive: true }));
  await using _lock = await acquireLock(`${partial}.lock`);
  const conversion = new Conversion({ writer, input, output, from, splits, partial, options });
  const reports = await conversion.run();
  return { input, output, from, to: writer.form, splits: reports };
}

interface Job {
  readonly writer: FormWriter;
  readonly input: string;
  readonly output: string;
  readonly from: Form;
  readonly splits: readonly string[];
  readonly partial: string;
  readonly options: ConvertOptions;
}

class Conversion {
  private readonly job: Job;
  /** What tells this job from another in the same folder. */
  private identity: unknown;
  private progress: JobProgress = { finished: [] };

  constructor(job: Job) {
    this.job = job;
  }

  async run(): Promise<readonly SplitReport[]> {
    const { partial, splits, output, options } = this.job;
    this.identity = await identityOf(this.job);
    this.progress = await openJournal(partial, this.identity);
    if (!this.progress.placing) {
      if (!options.force) await this.checkAbsent();
      for (const split of splits.slice(this.progress.finished.length)) {
        const report = await this.split(split);
        await this.save({ finished: [...this.progress.finished, report] });
      }
      if (options.force) for (const split of splits) await removeSplit(resolve(output), split);
      await this.save({ ...this.progress, placing: true });
    }
    await moveInto(partial, resolve(output), [JOURNAL]);
    await rm(partial, { recursive: true });
    return this.progress.finished;
  }

  private async split(split: string): Promise<SplitReport> {
    const { input, from, writer, options } = this.job;
    const { skipBroken = false, checkpointBytes = CHECKPOINT_BYTES, signal, onProgress, onLeftOut } = options;
    const { finished } = this.progress;
    await using set = await openDataSet(input, { split, form: from });
    const { open, earlier } = await this.writerOf(split);
    try {
      const save = (current: SplitProgress) => this.save({ finished, current });
      const common = { skipBroken, checkpointBytes, signal, onProgress, onLeftOut, save };
      const report = await convertSplit(
        { set, writer: open, captioned: writer.captioned, ...common },
        earlier,
      );
      await open.finish();
      return report;
    } finally {
      await open.close();
    }
  }

  /** The split's files as an earlier run left them, or new ones where they were being completed when it was killed. */
  private async writerOf(split: string) {
    const { writer, partial } = this.job;
    const earlier = this.progress.current;
    if (earlier !== undefined) {
      const open = await writer.open(partial, split, earlier.state).catch(() => undefined);
      if (open) return { open, earlier };
    }
    return { open: await writer.open(partial, split), earlier: undefined };
  }

  private async save(progress: JobProgress): Promise<void> {
    this.progress = progress;
    await saveJournal(this.job.partial, this.identity, progress);
  }

  private async checkAbsent(): Promise<void> {
    const { output, writer, splits, partial } = this.job;
    const there = await splitsOf(output, writer.form).catch((error) => {
      if (isTuwenError(error, 'TUWEN_FILE_MISSING') || isTuwenError(error, 'TUWEN_DATA_UNKNOWN')) return [];
      throw error;
    });
    const split = splits.find((each) => there.some((known) => known.split === each));
    if (split === undefined) return;
    await rm(partial, { recursive: true });
    throw new TuwenError('TUWEN_DATA_EXISTS', { path: output, split });
  }
}

async function identityOf({ input, from, splits, writer, options }: Job): Promise<unknown> {
  const files: string[] = [];
  for (const split of splits) {
    await using set = await openDataSet(input, { split, form: from });
    for (const { sha256 } of await set.hashes()) files.push(sha256);
  }
  const { skipBroken = false } = options;
  return { version: 1, input: resolve(input), from, to: writer.form, splits, skipBroken, files };
}
