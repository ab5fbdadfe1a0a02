/** Metrics in Prometheus's text format, version 0.0.4: counters, gauges, histograms. */

export type Labels = Readonly<Record<string, string>>;

export interface Registry {
  /** Returns what adds to the counter. */
  counter(name: string, help: string): (labels?: Labels, amount?: number) => void;
  /** A gauge is read when it is asked for; returns what adds a series to it. */
  gauge(
    name: string,
    help: string,
    kind?: 'gauge' | 'counter',
  ): (read: () => number, labels?: Labels) => void;
  /** `bounds` are the upper ends of the buckets, ascending. Returns what counts a value. */
  histogram(name: string, help: string, bounds: readonly number[]): (value: number, labels?: Labels) => void;
  /** The page Prometheus reads. */
  text(): string;
}

interface Series {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
}

export function createRegistry(): Registry {
  const families: (() => string[])[] = [];
  const family = (name: string, help: string, kind: string, samples: () => string[]) =>
    families.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...samples()]);

  return {
    counter(name, help) {
      const series = createSeries(1);
      family(name, help, 'counter', () => series.all().map(({ labels, sum }) => sample(name, labels, sum)));
      return (labels = {}, amount = 1) => {
        series.of(labels).sum += amount;
      };
    },
    gauge(name, help, kind = 'gauge') {
      const reads: { read: () => number; labels: Labels }[] = [];
      family(name, help, kind, () => reads.map(({ read, labels }) => sample(name, labels, read())));
      return (read, labels = {}) => void reads.push({ read, labels });
    },
    histogram(name, help, bounds) {
      const series = createSeries(bounds.length + 1);
      family(name, help, 'histogram', () =>
        series.all().flatMap((each) => histogramSamples(name, bounds, each)),
      );
      return (value, labels = {}) => {
        const each = series.of(labels);
        const place = bounds.findIndex((bound) => value <= bound);
        each.counts[place < 0 ? bounds.length : place]! += 1;
        each.sum += value;
      };
    },
    text: () => `${families.flatMap((lines) => lines()).join('\n')}\n`,
  };
}

/** What has been counted, by its labels. */
function createSeries(buckets: number) {
  const known = new Map<string, Series>();
  return {
    of(labels: Labels): Series {
      const key = JSON.stringify(labels);
      let series = known.get(key);
      if (series === undefined) {
        series = { labels, counts: new Array<number>(buckets).fill(0), sum: 0 };
        known.set(key, series);
      }
      return series;
    },
    all: () => [...known.values()],
  };
}

function histogramSamples(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: Series,
): string[] {
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    return sample(`${name}_bucket`, { ...labels, le: i < bounds.length ? String(bounds[i]) : '+Inf' }, below);
  });
  return [...buckets, sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, below)];
}

function sample(name: string, labels: Labels, value: number): string {
  const list = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${list.length > 0 ? `{${list.join(',')}}` : ''} ${value}`;
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
