/** The table of the model card, beside a trial of the same recipe in PyTorch and beside chance. */

export interface Results {
  readonly counts: Readonly<
    Record<'trained' | 'concrete' | 'heldOut' | 'concreteAll' | 'synonyms' | 'stamps' | 'stampLabels', number>
  >;
  readonly scores: Readonly<Record<string, Readonly<Record<number, number>>>>;
}

/** Figures of the trial (463 thousand pictures), in percent. */
const TRIAL: Readonly<Record<string, readonly number[]>> = {
  trainedOnWhite: [36.8, 59.0],
  trainedOnFlat: [26.6, 49.6],
  concrete: [41.6, 62.1],
  textToImage: [34.4, 58.1, 65.9],
  imageToText: [36.5, 59.6, 67.1],
  synonymToImage: [11.7, 25.8, 35.0],
  heldOut: [18.8, 42.4],
  heldOutAmongAll: [2.3, 4.6],
  stamps: [21.6, 51.4],
};

export function resultTable({ counts, scores }: Results): string {
  const rows: readonly (readonly [string, string, number])[] = [
    [
      'trainedOnWhite',
      `unseen style, trained concepts, ${counts.trained}-way, white ground: top-1 / 5`,
      counts.trained,
    ],
    ['trainedOnFlat', 'the same on random flat grounds: top-1 / 5', counts.trained],
    ['concrete', `concrete ones among themselves, ${counts.concrete}-way: top-1 / 5`, counts.concrete],
    ['textToImage', `text→image over ${counts.trained}: R@1 / 5 / 10`, counts.trained],
    ['imageToText', 'image→text: R@1 / 5 / 10', counts.trained],
    [
      'synonymToImage',
      `${counts.synonyms} synonyms never used in captions, text→image: R@1 / 5 / 10`,
      counts.trained,
    ],
    [
      'heldOut',
      `concepts never trained on, among themselves, ${counts.heldOut}-way: top-1 / 5`,
      counts.heldOut,
    ],
    [
      'heldOutAmongAll',
      `concrete concepts never trained on, mixed with trained, ${counts.concreteAll}-way: top-1 / 5`,
      counts.concreteAll,
    ],
    [
      'stamps',
      `${counts.stamps} Tux Paint stamps (many are photographs), ${counts.stampLabels}-way: top-1 / 5`,
      counts.stampLabels,
    ],
  ];
  const lines = rows.map(([key, title, candidates]) => {
    const ranks = Object.keys(scores[key]!).map(Number);
    const measured = ranks.map((rank) => (100 * scores[key]![rank]!).toFixed(1)).join(' / ');
    const trial = TRIAL[key]!.map((value) => value.toFixed(1)).join(' / ');
    const chance = ranks.map((rank) => ((100 * rank) / candidates).toFixed(2)).join(' / ');
    return `| ${title} | **${measured}** | ${trial} | ${chance} |`;
  });
  return ['| test, % | mini | trial | chance |', '|---|---|---|---|', ...lines].join('\n');
}
