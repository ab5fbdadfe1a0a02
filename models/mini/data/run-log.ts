/** The log of a run of `tuwen train`, as points over its steps. */
import { readFile } from 'node:fs/promises';

export interface Point {
  /** Steps made, of all stages together. */
  readonly step: number;
  readonly value: number;
}

interface Recall {
  readonly r1: number;
  readonly r10: number;
}

interface Entry {
  readonly kind: string;
  readonly stage: number;
  /** Of steps from 0, of validations the steps made. */
  readonly step: number;
  /** How many the stage has; told of steps. */
  readonly steps?: number;
  readonly loss: number;
  readonly textRecall?: Recall;
  readonly imageRecall?: Recall;
}

/** The loss of training, and what `value` makes of the recall of every validation, in percent. */
export async function readRunLog(
  path: string,
  value: (texts: Recall, images: Recall) => number,
): Promise<{ loss: Point[]; recall: Point[] }> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  const lengths = new Map(
    entries.flatMap(({ stage, steps }) => (steps === undefined ? [] : [[stage, steps]])),
  );
  const before = (stage: number) =>
    [...lengths].filter(([each]) => each < stage).reduce((sum, [, steps]) => sum + steps, 0);
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind);
  return {
    loss: of('step').map(({ stage, step, loss }) => ({ step: before(stage) + step + 1, value: loss })),
    recall: of('validation').map(({ stage, step, textRecall, imageRecall }) => ({
      step: before(stage) + step,
      value: value(textRecall!, imageRecall!),
    })),
  };
}
