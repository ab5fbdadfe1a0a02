import { availableParallelism } from 'node:os';
import {
  isTuwenError,
  type OnProgress,
  progressMeter,
  type TuwenError,
  throwIfAborted,
} from '../../base/index.ts';
import { dataFault } from '../faults.ts';
import { idKey } from '../id.ts';
import { ahead } from '../set/ahead.ts';
import { checkPicture } from '../set/check-picture.ts';
import type { DataSet, Picture, TextRecord } from '../types.ts';
import type { SplitWriter } from '../write/types.ts';
import type { SplitProgress } from './journal.ts';
import type { LeftOut, SplitReport } from './report.ts';

/** How long it is between two checkpoints at most, in milliseconds. */
const CHECKPOINT_TIME = 10_000;

export interface SplitJob {
  readonly set: DataSet;
  readonly writer: SplitWriter;
  /** Whether the writer keeps captions with pictures. */
  readonly captioned: boolean;
  /** Leave out pictures that cannot be decoded, and mentions of pictures that are not there. */
  readonly skipBroken: boolean;
  readonly checkpointBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
  readonly onLeftOut: ((error: TuwenError) => void) | undefined;
  /** Keeps what another run needs to go on. */
  save(progress: SplitProgress): Promise<void>;
}

/** Copies one split, from where an earlier run stopped. */
export async function convertSplit(job: SplitJob, earlier: SplitProgress | undefined): Promise<SplitReport> {
  return new SplitConversion(job, earlier).run(earlier);
}

class SplitConversion {
  private readonly job: SplitJob;
  private readonly leftOut: LeftOut[];
  private readonly written = new Set<string>();
  private counts: { pictures: number; texts: number; pairs: number };
  private sinceCheckpoint = 0;
  private lastCheckpoint = performance.now();

  constructor(job: SplitJob, earlier: SplitProgress | undefined) {
    this.job = job;
    this.counts = { pictures: 0, texts: 0, pairs: 0, ...earlier?.report };
    this.leftOut = [...(earlier?.report.leftOut ?? [])];
  }

  async run(earlier: SplitProgress | undefined): Promise<SplitReport> {
    const { set, onProgress } = this.job;
    const { pictures, texts } = await set.counts();
    const picturesDone = earlier?.phase === 'texts' ? pictures : (earlier?.done ?? 0);
    const textsDone = earlier?.phase === 'texts' ? earlier.done : 0;
    await this.pictures(picturesDone, progressMeter('image', pictures, onProgress, picturesDone));
    await this.texts(textsDone, progressMeter('text', texts, onProgress, textsDone));
    return this.report();
  }

  private async pictures(done: number, meter: ReturnType<typeof progressMeter>): Promise<void> {
    const { set, writer, skipBroken, signal } = this.job;
    const captions = this.job.captioned ? await captionsOf(set) : undefined;
    const broken = new Set(this.leftOut.map(({ source }) => source));
    let place = 0;
    const checked = ahead(set.pictures(), skipBroken ? availableParallelism() : 1, async (picture) => {
      const isDone = place++ < done;
      const error = !isDone && skipBroken ? await this.errorOf(picture) : undefined;
      return { picture, isDone, error };
    });
    let count = 0;
    for await (const { picture, isDone, error } of checked) {
      await this.stopWhereAsked('pictures', count, done);
      count += 1;
      const key = idKey(picture.id);
      this.checkNew(picture, key);
      if (isDone ? broken.has(picture.source) : error) {
        if (error) this.leave(picture.source, error);
      } else this.written.add(key);
      if (isDone) continue;
      if (!error) {
        const bytes = await picture.bytes();
        await writer.picture(picture, bytes, captions?.get(key) ?? []);
        this.counts.pictures += 1;
        this.sinceCheckpoint += bytes.byteLength;
      }
      meter.advance();
      await this.checkpointWhereDue('pictures', count);
    }
    throwIfAborted('run', signal);
  }

  private async texts(done: number, meter: ReturnType<typeof progressMeter>): Promise<void> {
    let count = 0;
    for await (const text of this.job.set.texts()) {
      await this.stopWhereAsked('texts', count, done);
      count += 1;
      if (count <= done) continue;
      const kept = this.withoutMissing(text);
      await this.job.writer.text(kept);
      this.counts.texts += 1;
      this.counts.pairs += kept.imageIds.length;
      this.sinceCheckpoint += 100 + text.text.length;
      meter.advance();
      await this.checkpointWhereDue('texts', count);
    }
    throwIfAborted('run', this.job.signal);
  }

  private async errorOf(picture: Picture): Promise<TuwenError | undefined> {
    const checked = await checkPicture(picture, this.job.signal).catch((error) => {
      if (isTuwenError(error, 'TUWEN_CANCELLED')) return {};
      throw error;
    });
    return 'error' in checked ? checked.error : undefined;
  }

  private checkNew({ path, line }: Picture, key: string): void {
    if (this.written.has(key)) throw dataFault(path, 'duplicate-picture', { line, about: key });
  }

  /** A text without pictures that are not there, where those may be left out. */
  private withoutMissing(text: TextRecord): TextRecord {
    const missing = text.imageIds.filter((id) => !this.written.has(idKey(id)));
    if (missing.length === 0) return text;
    const { path, line } = text;
    const error = dataFault(path, 'missing-picture', { line, about: missing.map(idKey).join(', ') });
    if (!this.job.skipBroken) throw error;
    this.leave(`${path}${line === undefined ? '' : `:${line}`}`, error);
    const { json: _, ...rest } = text;
    return { ...rest, imageIds: text.imageIds.filter((id) => this.written.has(idKey(id))) };
  }

  private leave(source: string, error: TuwenError): void {
    this.leftOut.push({ source, code: error.code, reason: error.message });
    this.job.onLeftOut?.(error);
  }

  /** Called off: what was written stays for the next run. */
  private async stopWhereAsked(phase: SplitProgress['phase'], count: number, done: number): Promise<void> {
    if (!this.job.signal?.aborted) return;
    if (count > done) await this.checkpoint(phase, count);
    throwIfAborted('run', this.job.signal);
  }

  private async checkpointWhereDue(phase: SplitProgress['phase'], done: number): Promise<void> {
    const late = performance.now() - this.lastCheckpoint > CHECKPOINT_TIME;
    if (late || this.sinceCheckpoint > this.job.checkpointBytes) await this.checkpoint(phase, done);
  }

  private async checkpoint(phase: SplitProgress['phase'], done: number): Promise<void> {
    const state = await this.job.writer.checkpoint();
    await this.job.save({ split: this.job.set.split, phase, done, state, report: this.report() });
    this.sinceCheckpoint = 0;
    this.lastCheckpoint = performance.now();
  }

  private report(): SplitReport {
    return { split: this.job.set.split, ...this.counts, leftOut: [...this.leftOut] };
  }
}

/** The texts of each picture, by its id; held in memory, for they come in another order than the pictures. */
async function captionsOf(set: DataSet): Promise<Map<string, TextRecord[]>> {
  const captions = new Map<string, TextRecord[]>();
  for await (const { json: _, ...text } of set.texts()) {
    for (const id of text.imageIds) {
      const key = idKey(id);
      const known = captions.get(key);
      if (known) known.push(text);
      else captions.set(key, [text]);
    }
  }
  return captions;
}
