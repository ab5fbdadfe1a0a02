import { TuwenError } from '../../base/index.ts';
import type { Tokenizer } from '../../clip/index.ts';
import { cleanCaption } from '../caption.ts';
import { dataFault } from '../faults.ts';
import { idKey } from '../id.ts';
import type { DataSet, TextRecord } from '../types.ts';
import { confusablePairs, expectedFalseNegatives } from './false-negatives.ts';
import type { Findings } from './findings.ts';
import type { SplitInspection } from './report.ts';

export interface TextChecks {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly batch: number;
  readonly preview: number;
  /** How many repeated and cut texts are listed. */
  readonly shown: number;
  readonly signal: AbortSignal | undefined;
  readonly onText: () => void;
}

/** Longer texts are counted as this long, in tokens. */
const MOST_TOKENS = 2 ** 16;

/** Reads every text of a set, and holds the pictures it names against those there are. */
export async function inspectTexts(
  set: DataSet,
  pictures: ReadonlySet<string>,
  findings: Findings,
  checks: TextChecks,
): Promise<{
  readonly texts: SplitInspection['texts'];
  readonly pairs: SplitInspection['pairs'];
  readonly withoutTexts: number;
}> {
  const tally = new Tally(pictures, findings, checks);
  for await (const found of set.scanTexts()) {
    checks.signal?.throwIfAborted();
    if (found instanceof TuwenError) findings.add(found);
    else tally.add(found);
  }
  return tally.result();
}

class Tally {
  private readonly known: ReadonlySet<string>;
  private readonly findings: Findings;
  private readonly checks: TextChecks;
  private readonly ids = new Set<string>();
  /** How many texts have each wording; its number is its place. */
  private readonly wordings = new Map<string, { readonly number: number; count: number }>();
  private readonly pictureNumbers = new Map<string, number>();
  private readonly pairs = { pictures: [] as number[], wordings: [] as number[] };
  private readonly preview: SplitInspection['texts']['preview'][number][] = [];
  private readonly cutExamples: SplitInspection['texts']['cutExamples'][number][] = [];
  private count = 0;
  private withoutPictures = 0;
  private cut = 0;

  constructor(known: ReadonlySet<string>, findings: Findings, checks: TextChecks) {
    this.known = known;
    this.findings = findings;
    this.checks = checks;
  }

  add(record: TextRecord): void {
    const { id, text, imageIds, path, line } = record;
    const { preview, onText } = this.checks;
    this.count += 1;
    onText();
    if (this.preview.length < preview) this.preview.push({ id, text, imageIds });
    const key = idKey(id);
    if (this.ids.has(key)) this.findings.add(dataFault(path, 'duplicate-text', { line, about: key }));
    this.ids.add(key);
    if (imageIds.length === 0) this.withoutPictures += 1;
    const wording = this.wordingOf(cleanCaption(text));
    for (const imageId of imageIds) this.addPair(idKey(imageId), wording, record);
    this.addLength(record);
  }

  private wordingOf(text: string): number {
    const known = this.wordings.get(text);
    if (known) known.count += 1;
    else this.wordings.set(text, { number: this.wordings.size, count: 1 });
    return known?.number ?? this.wordings.size - 1;
  }

  private addPair(picture: string, wording: number, { path, line }: TextRecord): void {
    if (!this.known.has(picture)) {
      this.findings.add(dataFault(path, 'missing-picture', { line, about: picture }));
    }
    let number = this.pictureNumbers.get(picture);
    if (number === undefined) {
      number = this.pictureNumbers.size;
      this.pictureNumbers.set(picture, number);
    }
    this.pairs.pictures.push(number);
    this.pairs.wordings.push(wording);
  }

  private addLength({ id, text }: TextRecord): void {
    const { tokenizer, contextLength, shown } = this.checks;
    const tokens = tokenizer.encode(cleanCaption(text), MOST_TOKENS).length;
    if (tokens <= contextLength) return;
    this.cut += 1;
    if (this.cutExamples.length < shown) this.cutExamples.push({ id, text, tokens });
  }

  result() {
    const { batch, contextLength, shown } = this.checks;
    const count = this.pairs.pictures.length;
    const falseNegatives = expectedFalseNegatives(confusablePairs(this.pairs), count, batch);
    const repeated = [...this.wordings]
      .filter(([, each]) => each.count > 1)
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, shown)
      .map(([text, each]) => ({ text, count: each.count }));
    let withoutTexts = this.known.size;
    for (const picture of this.pictureNumbers.keys()) if (this.known.has(picture)) withoutTexts -= 1;
    return {
      withoutTexts,
      texts: {
        count: this.count,
        withoutPictures: this.withoutPictures,
        distinct: this.wordings.size,
        ...{ repeated, cut: this.cut, cutExamples: this.cutExamples, contextLength, preview: this.preview },
      },
      pairs: { count, batch, falseNegatives },
    };
  }
}
