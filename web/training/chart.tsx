/** A chart of lines over the steps of a run. */
import { useTrainingTexts } from './use-texts.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const WIDTH = 320;
const HEIGHT = 150;
/** More points than this are thinned: a chart has no more columns. */
const POINTS = 600;

export function Chart({ title, lines, format }: ChartProps) {
  const texts = useTrainingTexts();
  const all = lines.flatMap(({ points }) => points).filter(({ y }) => Number.isFinite(y));
  if (all.length === 0) return null;
  const [left, right] = rangeOf(all.map(({ x }) => x));
  const [low, high] = rangeOf(all.map(({ y }) => y));
  const x = (value: number) => (WIDTH * (value - left)) / (right - left || 1);
  const y = (value: number) => HEIGHT - (HEIGHT * (value - low)) / (high - low || 1);
  const told = lines
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => texts.values(name, format(low), format(high), format(points.at(-1)!.y)));
  return (
    <figure className="chart">
      <figcaption>
        <h2>{title}</h2>
        <ul>
          {lines.map(({ name, points }, i) => (
            <li key={name} className={`line-${i}`}>
              {name} <strong>{points.length > 0 ? format(points.at(-1)!.y) : '–'}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div className="plot">
        <span className="high">{format(high)}</span>
        <span className="low">{format(low)}</span>
        <svg
          viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={told.join('; ')}
        >
          {lines.map(({ name, points }, i) => (
            <polyline
              key={name}
              className={`line-${i}`}
              points={thinned(points)
                .map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`)
                .join(' ')}
            />
          ))}
        </svg>
      </div>
    </figure>
  );
}

function rangeOf(values: readonly number[]): [least: number, most: number] {
  return values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
