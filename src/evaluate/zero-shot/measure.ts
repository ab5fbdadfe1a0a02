/** Accuracy in percent. */
export interface Accuracy {
  readonly top1: number;
  readonly top5: number;
  /** The mean over the classes of the share of a class's pictures that are named right. */
  readonly meanPerClass: number;
}

export interface ClassFigures {
  readonly label: string;
  readonly pictures: number;
  /** Named right, in percent. */
  readonly recall: number;
}

export interface Classification {
  readonly accuracy: Accuracy;
  /** What guessing would reach. */
  readonly chance: Accuracy;
  readonly classes: readonly ClassFigures[];
  /** Rows: the right class; columns: the one that was named. */
  readonly confusion: readonly (readonly number[])[];
  /** For each picture, the rank of its class from 1; of equal probabilities the earlier class is ahead. */
  readonly ranks: readonly number[];
}

/** What the probabilities of samples, a row for each, say of them; `label` is the place of a sample's class. */
export function classification<S extends { readonly label: number }>(
  samples: readonly S[],
  probabilitiesOf: (sample: S) => ArrayLike<number>,
  labels: readonly string[],
): Classification {
  const confusion = labels.map(() => new Array<number>(labels.length).fill(0));
  const ranks = samples.map((sample) => {
    const row = probabilitiesOf(sample);
    confusion[sample.label]![indexOfLargest(row)]! += 1;
    return rankAmong(row, sample.label);
  });
  const classes = labels.map((label, i) => {
    const pictures = confusion[i]!.reduce((a, b) => a + b, 0);
    return { label, pictures, recall: pictures === 0 ? 0 : (confusion[i]![i]! / pictures) * 100 };
  });
  const seen = classes.filter(({ pictures }) => pictures > 0);
  const share = (k: number) => (ranks.filter((rank) => rank <= k).length / ranks.length) * 100;
  const meanPerClass = seen.reduce((sum, { recall }) => sum + recall, 0) / seen.length;
  const guess = (k: number) => Math.min(1, k / labels.length) * 100;
  return {
    accuracy: { top1: share(1), top5: share(5), meanPerClass },
    chance: { top1: guess(1), top5: guess(5), meanPerClass: guess(1) },
    classes,
    confusion,
    ranks,
  };
}

function indexOfLargest(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

function rankAmong(row: ArrayLike<number>, own: number): number {
  let rank = 1;
  for (let i = 0; i < row.length; i++) {
    if (row[i]! > row[own]! || (row[i] === row[own] && i < own)) rank += 1;
  }
  return rank;
}
