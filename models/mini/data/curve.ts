import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { PICTURES_RUN } from '../model.ts';

interface Point {
  readonly step: number;
  readonly value: number;
}

const WIDTH = 880;
const HEIGHT = 360;
const MARGIN = { left: 60, right: 60, top: 40, bottom: 44 };

interface Entry {
  readonly kind: string;
  readonly stage: number;
  /** Of steps from 0, of validations the steps made. */
  readonly step: number;
  /** How many the stage has; told of steps. */
  readonly steps?: number;
  readonly loss: number;
  /** Percent. */
  readonly imageRecall?: { readonly r1: number };
}

/** Loss and accuracy on the unseen style over the steps of the picture stage, as a PNG. */
export async function curveImage(): Promise<Buffer> {
  const { loss, accuracy } = points((await readFile(`${PICTURES_RUN}/log.jsonl`, 'utf8')).trim().split('\n'));
  const steps = loss.at(-1)!.step;
  const highest = Math.ceil(Math.max(...loss.map(({ value }) => value)));
  const best = Math.ceil(10 * Math.max(...accuracy.map(({ value }) => value))) / 10;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="white"/>
${grid(steps, highest, best)}
<polyline fill="none" stroke="#2b6cb0" stroke-width="1.5" points="${line(loss, steps, highest)}"/>
<polyline fill="none" stroke="#c05621" stroke-width="2" points="${line(accuracy, steps, best)}"/>
<text x="${MARGIN.left}" y="24" fill="#2b6cb0">training loss (left)</text>
<text x="${WIDTH - MARGIN.right}" y="24" fill="#c05621" text-anchor="end">top-1 of 1,749 bare labels, unseen style (right)</text>
</svg>`;
  return sharp(Buffer.from(svg)).png({ palette: true }).toBuffer();
}

/** The lines of a run's log, its stages one after another. */
function points(lines: readonly string[]): Record<'loss' | 'accuracy', Point[]> {
  const entries = lines.map((text) => JSON.parse(text) as Entry);
  const lengths = new Map(
    entries.flatMap(({ stage, steps }) => (steps === undefined ? [] : [[stage, steps]])),
  );
  const before = (stage: number) =>
    [...lengths].filter(([each]) => each < stage).reduce((sum, [, steps]) => sum + steps, 0);
  const of = (kind: string, value: (entry: Entry) => number) =>
    entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({ step: before(entry.stage) + entry.step, value: value(entry) }));
  return {
    loss: of('step', ({ loss }) => loss).map(({ step, value }) => ({ step: step + 1, value })),
    accuracy: of('validation', ({ imageRecall }) => imageRecall!.r1 / 100),
  };
}

const across = (step: number, steps: number) =>
  MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * step) / steps;
const up = (value: number, highest: number) =>
  HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * value) / highest;

function line(data: readonly Point[], steps: number, highest: number): string {
  return data
    .map(({ step, value }) => `${across(step, steps).toFixed(1)},${up(value, highest).toFixed(1)}`)
    .join(' ');
}

function grid(steps: number, highest: number, best: number): string {
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = up(share, 1);
    return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}" stroke="#ddd"/>
<text x="${MARGIN.left - 8}" y="${y + 4}" text-anchor="end">${(share * highest).toFixed(1)}</text>
<text x="${WIDTH - MARGIN.right + 8}" y="${y + 4}">${(100 * share * best).toFixed(0)} %</text>`;
  });
  const columns = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const x = across(share * steps, steps);
    return `<text x="${x}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle">${Math.round(share * steps)}</text>`;
  });
  const middle = (WIDTH + MARGIN.left - MARGIN.right) / 2;
  return `${rows.join('\n')}\n${columns.join('\n')}\n<text x="${middle}" y="${HEIGHT - 8}" text-anchor="middle">steps of 64 pictures</text>`;
}
