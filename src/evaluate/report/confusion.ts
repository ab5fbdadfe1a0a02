import sharp from 'sharp';
import { html } from './table.ts';

type Confusion = readonly (readonly number[])[];

/** Beyond so many classes a picture has no names, and its cells shrink. */
const NAMED = 60;
const MARGIN = 150;
const MAX_SIDE = 2000;

/** A confusion matrix as CSV: a row for each right class, a column for each that was named. */
export function confusionCsv(labels: readonly string[], confusion: Confusion): string {
  const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = confusion.map((row, i) => [cell(labels[i]!), ...row].join(','));
  return `\ufeff${['', ...labels.map(cell)].join(',')}\n${rows.join('\n')}\n`;
}

/** The same as a PNG: darker is a larger share of the row, rows are the right classes. */
export async function confusionPicture(labels: readonly string[], confusion: Confusion): Promise<Buffer> {
  return sharp(Buffer.from(confusionSvg(labels, confusion)))
    .png({ palette: true })
    .toBuffer();
}

function confusionSvg(labels: readonly string[], confusion: Confusion): string {
  const named = labels.length <= NAMED;
  const cell = named ? 22 : Math.max(1, Math.min(22, Math.floor(MAX_SIDE / labels.length)));
  const margin = named ? MARGIN : 20;
  const side = margin + labels.length * cell + 10;
  const cells = confusion.flatMap((row, y) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.flatMap((count, x) =>
      count === 0
        ? []
        : `<rect x="${margin + x * cell}" y="${margin + y * cell}" width="${cell}" height="${cell}" fill="${x === y ? '#14532d' : '#7f1d1d'}" fill-opacity="${(0.15 + (0.85 * count) / total).toFixed(3)}"/>`,
    );
  });
  const names = named
    ? labels.flatMap((label, i) => axisNames(label, margin, margin + (i + 0.7) * cell))
    : [];
  const frame = `<rect x="${margin}" y="${margin}" width="${labels.length * cell}" height="${labels.length * cell}" fill="none" stroke="#888"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${cells.join('')}${frame}${names.join('')}</svg>`;
}

/** A label beside its row and, turned, above its column. */
function axisNames(label: string, margin: number, at: number): string[] {
  const text = html(label.length > 11 ? `${label.slice(0, 10)}…` : label);
  return [
    `<text x="${margin - 5}" y="${at}" text-anchor="end">${text}</text>`,
    `<text transform="translate(${at},${margin - 5}) rotate(-60)">${text}</text>`,
  ];
}
