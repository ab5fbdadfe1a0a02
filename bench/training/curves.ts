/**
 * Draws the runs of `docs/training.md` from their logs: loss of training, and recall@10 of the pictures that were kept out, over
 * the steps. Writes `docs/curves/*.svg`, in both languages: `npx tsx bench/training/curves.ts`.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Point, readRunLog } from '../../models/mini/data/run-log.ts';
import { ROOT } from '../paths.ts';
import { CURVES, logOf } from './plans.ts';

interface Line {
  readonly label: string;
  readonly points: readonly Point[];
}

const COLOURS = ['#2b6cb0', '#c05621', '#2f855a'];
const PANEL = { width: 420, height: 240 };
const MARGIN = { left: 44, right: 12, top: 34, bottom: 30 };
const TEXTS = {
  en: { loss: 'loss of training', recall: 'recall@10 on what was kept out, %', steps: 'steps' },
  zh: { loss: '训练损失', recall: '留出图片的 recall@10（%）', steps: '步' },
};

/** Loss and recall@10 of a run by its steps, stages one after another. */
const readRun = (name: string) => readRunLog(logOf(name), (texts, images) => (texts.r10 + images.r10) / 2);

/** One picture of lines over the steps. */
function panel(title: string, steps: string, lines: readonly Line[], left: number): string {
  const all = lines.flatMap(({ points }) => points);
  const last = Math.max(...all.map(({ step }) => step));
  const most = ceiling(Math.max(...all.map(({ value }) => value)));
  const x = (step: number) => left + MARGIN.left + ((PANEL.width - MARGIN.left - MARGIN.right) * step) / last;
  const y = (value: number) =>
    PANEL.height - MARGIN.bottom - ((PANEL.height - MARGIN.top - MARGIN.bottom) * value) / most;
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * most).toFixed(1);
    return `<line x1="${x(0)}" x2="${x(last)}" y1="${at}" y2="${at}" stroke="#ddd"/>
<text x="${x(0) - 6}" y="${Number(at) + 4}" text-anchor="end">${Number((share * most).toPrecision(3))}</text>`;
  });
  const columns = [0, 0.5, 1].map(
    (share) =>
      `<text x="${x(share * last)}" y="${PANEL.height - 10}" text-anchor="${share === 1 ? 'end' : 'middle'}">${Math.round(share * last)}${share === 1 ? ` ${steps}` : ''}</text>`,
  );
  const drawn = lines.map(({ points }, i) => {
    const places = points.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`);
    return `<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="1.5" points="${places.join(' ')}"/>`;
  });
  const heading = `<text x="${x(0)}" y="18" font-weight="600">${title}</text>`;
  return [heading, ...rows, ...columns, ...drawn].join('\n');
}

/** A round number not below. */
function ceiling(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((each) => each * unit).find((each) => each >= value)!;
}

function legend(lines: readonly Line[]): string {
  return lines
    .map(
      ({ label }, i) =>
        `<text x="${MARGIN.left + i * 250}" y="${PANEL.height + 16}" fill="${COLOURS[i]}">${label}</text>`,
    )
    .join('\n');
}

const out = join(ROOT, 'docs/curves');
await mkdir(out, { recursive: true });
for (const [group, labels] of Object.entries(CURVES)) {
  const names = Object.keys(labels).filter((name) => existsSync(logOf(name)));
  if (names.length === 0) continue;
  const runs = await Promise.all(names.map(readRun));
  for (const [at, language] of (['en', 'zh'] as const).entries()) {
    const { loss, recall, steps } = TEXTS[language];
    const lines = (key: 'loss' | 'recall') =>
      runs.map((run, i) => ({ label: labels[names[i]!]![at]!, points: run[key] }));
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * PANEL.width} ${PANEL.height + 28}" font-family="sans-serif" font-size="12">
<title>${lines('loss')
      .map(({ label }) => label)
      .join(', ')}</title>
<rect width="100%" height="100%" fill="white"/>
${panel(loss, steps, lines('loss'), 0)}
${panel(recall, steps, lines('recall'), PANEL.width)}
${legend(lines('loss'))}
</svg>
`;
    await writeFile(join(out, `${group}${language === 'en' ? '' : '.zh-CN'}.svg`), svg);
  }
}
