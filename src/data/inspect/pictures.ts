import { availableParallelism } from 'node:os';
import { createRandom, TuwenError } from '../../base/index.ts';
import { dataFault } from '../faults.ts';
import { idKey } from '../id.ts';
import { ahead } from '../set/ahead.ts';
import { type Checked, checkPicture } from '../set/check-picture.ts';
import type { DataSet, Id, Picture } from '../types.ts';
import type { Findings } from './findings.ts';
import type { PicturePreview, SizeBin, SplitInspection } from './report.ts';

export interface PictureChecks {
  /** How many pictures are decoded, drawn at random; all of them where left out. */
  readonly sample: number | undefined;
  readonly preview: number;
  readonly signal: AbortSignal | undefined;
  readonly onPicture: () => void;
}

type Result = Omit<SplitInspection['pictures'], 'withoutTexts'>;

/** Reads every picture of a set, decodes those it is to, and gives the ids beside the figures. */
export async function inspectPictures(
  set: DataSet,
  findings: Findings,
  checks: PictureChecks,
): Promise<{ readonly ids: ReadonlySet<string>; readonly pictures: Result }> {
  const tally = new Tally(findings, checks.preview);
  const ids = new Set<string>();
  const drawn = new Reservoir<Id>(checks.sample ?? 0);
  const inspected = ahead(set.scanPictures(), availableParallelism(), async (found) => {
    if (found instanceof TuwenError) return { error: found };
    const wanted = checks.sample === undefined || tally.wantsPreview();
    return { picture: found, checked: wanted ? await checkPicture(found, checks.signal) : undefined };
  });
  let count = 0;
  for await (const found of inspected) {
    checks.signal?.throwIfAborted();
    if ('error' in found) {
      findings.add(found.error);
      continue;
    }
    const { picture, checked } = found;
    const key = idKey(picture.id);
    count += 1;
    checks.onPicture();
    if (ids.has(key)) findings.add(duplicate(picture, key));
    else if (!checked) drawn.offer(picture.id);
    ids.add(key);
    if (checked) await tally.add(picture, checked);
  }
  const rest = ahead(drawn.items(), availableParallelism(), async (id) => {
    const picture = await set.picture(id).catch(() => undefined);
    return picture && { picture, checked: await checkPicture(picture, checks.signal) };
  });
  for await (const found of rest) if (found) await tally.add(found.picture, found.checked);
  return { ids, pictures: { count, ...tally.result() } };
}

function duplicate({ path, line }: Picture, key: string): TuwenError {
  return dataFault(path, 'duplicate-picture', { line, about: key });
}

/** Lower bounds of the longer side. */
const BINS = [1, 64, 128, 224, 336, 512, 1024, 2048, 4096];

class Tally {
  private readonly findings: Findings;
  private readonly wanted: number;
  private readonly preview: PicturePreview[] = [];
  private readonly counts = BINS.map(() => 0);
  private checked = 0;
  private broken = 0;
  private smallest: [number, number] | undefined;
  private largest: [number, number] | undefined;
  private asked = 0;

  constructor(findings: Findings, preview: number) {
    this.findings = findings;
    this.wanted = preview;
  }

  /** Whether the next picture is among the first, which are shown. */
  wantsPreview(): boolean {
    return this.asked++ < this.wanted;
  }

  async add(picture: Picture, checked: Checked): Promise<void> {
    this.checked += 1;
    if (this.preview.length < this.wanted) this.preview.push(await previewOf(picture, checked));
    if ('error' in checked) {
      this.broken += 1;
      this.findings.add(checked.error);
      return;
    }
    const size: [number, number] = [checked.width, checked.height];
    const longer = Math.max(...size);
    this.counts[BINS.findLastIndex((from) => from <= longer)]! += 1;
    if (!this.smallest || area(size) < area(this.smallest)) this.smallest = size;
    if (!this.largest || area(size) > area(this.largest)) this.largest = size;
  }

  result(): Omit<Result, 'count'> {
    const { checked, broken, preview, smallest, largest } = this;
    const sizes: SizeBin[] = BINS.map((from, i) => ({ from, count: this.counts[i]! }));
    return { checked, broken, sizes, preview, ...(smallest && { smallest }), ...(largest && { largest }) };
  }
}

function area([width, height]: readonly [number, number]): number {
  return width * height;
}

async function previewOf(picture: Picture, checked: Checked): Promise<PicturePreview> {
  const bytes = await picture.bytes().then(
    ({ byteLength }) => byteLength,
    () => 0,
  );
  const { id, source } = picture;
  return {
    id,
    source,
    bytes,
    ...('error' in checked ? {} : { width: checked.width, height: checked.height }),
  };
}

/** A number of items, each equally likely, of those it was offered. */
class Reservoir<T> {
  private readonly size: number;
  private readonly kept: T[] = [];
  private readonly random = createRandom(1);
  private offered = 0;

  constructor(size: number) {
    this.size = size;
  }

  offer(item: T): void {
    this.offered += 1;
    const place = this.kept.length < this.size ? this.kept.length : this.random.below(this.offered);
    if (place < this.size) this.kept[place] = item;
  }

  async *items(): AsyncGenerator<T> {
    yield* this.kept;
  }
}
