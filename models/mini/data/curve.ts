import sharp from 'sharp';
import { PICTURES_RUN } from '../model.ts';
import { type Point, readRunLog } from './run-log.ts';

const WIDTH = 880;
const HEIGHT = 360;
const MARGIN = { left: 60, right: 60, top: 40, bottom: 44 };

/** Loss and accuracy on the unseen style over the steps of the picture stage, as a PNG. */
export async function curveImage(): Promise<Buffer> {
  const { loss, recall: accuracy } = await readRunLog(`${PICTURES_RUN}/log.jsonl`, (_, { r1 }) => r1 / 100);
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
