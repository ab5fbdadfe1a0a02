/** The results as Markdown and as JSON. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { EngineChoice } from './engines.ts';
import { type Figure, FOREIGN_LIMIT, type Speeds, type Start, type Throughput } from './measure.ts';
import type { Row } from './plan.ts';

export interface Results {
  /** What was run: model, threads, rounds. */
  readonly run: string;
  readonly engines: readonly EngineChoice[];
  readonly throughput: Throughput;
  readonly starts: ReadonlyMap<EngineChoice, Start>;
}

/** Lines that every report begins with. */
export function machine(): string[] {
  const date = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `- ${date}, ${cpus()[0]!.model.trim()}, ${availableParallelism()} processors, ${memory} GB, Node ${process.versions.node}`,
    '- `×`: how many times faster, or smaller, ours is; below 1 the other one is better',
    `- \`*\`: others used more than ${percent(FOREIGN_LIMIT)} of a processor while this figure was measured`,
  ];
}

/** The report, ours in the first column. */
export function markdown({ run, engines, throughput, starts }: Results): string {
  const { speeds, memory, agreement } = throughput;
  const peak = peakOf(speeds);
  const rate = (row: Row, { value }: Figure) => row.items / value;
  const share = (row: Row, { value }: Figure) => (row.items * row.flops) / value / peak;
  const speedTable = (table: Row['table']) => {
    const rows = [...speeds].filter(([row]) => row.table === table);
    return markdownTable(
      [
        '',
        ...engines.map(({ label }) => label),
        ...engines.slice(1).map(({ label }) => `× ${label}`),
        'ours, of GEMM peak',
      ],
      rows.map(([row, figures]) => {
        const [ours, ...theirs] = engines.map((engine) => figures.get(engine)!) as [Figure, ...Figure[]];
        return [
          row.label,
          ...[ours, ...theirs].map((figure) => marked(number(rate(row, figure)), figure)),
          ...theirs.map((figure) => (figure.value / ours.value).toFixed(2)),
          percent(share(row, ours)),
        ];
      }),
    );
  };
  const products = [...speeds].filter(([row]) => row.table === 'gemm');
  const multiplying = engines.filter(({ multiplies }) => multiplies);
  return [
    '# Tuwen beside its peers',
    [...machine(), `- ${run}`].join('\n'),
    '## Matrix products, GFLOP/s',
    markdownTable(
      ['', ...multiplying.map(({ label }) => label)],
      products.map(([row, figures]) => [
        row.label,
        ...multiplying.map((engine) => {
          const figure = figures.get(engine)!;
          return marked(number(row.flops / figure.value / 1e9), figure);
        }),
      ]),
    ),
    `The largest of these, ${number(peak / 1e9)} GFLOP/s, is the peak below.`,
    '## Images a second',
    speedTable('images'),
    '## Texts a second',
    speedTable('texts'),
    '## Cold start and memory',
    startTable(engines, starts, memory),
    '## The same work',
    'Cosine of the vectors with ours, one picture and one text:',
    markdownTable(
      ['', 'picture', 'text'],
      engines.map((engine) => {
        const { image, text } = agreement.get(engine)!;
        return [engine.label, image.toFixed(7), text.toFixed(7)];
      }),
    ),
  ].join('\n\n');
}

function startTable(
  engines: readonly EngineChoice[],
  starts: Results['starts'],
  memory: Throughput['memory'],
): string {
  const ours = starts.get(engines[0]!)!;
  return markdownTable(
    [
      '',
      'first vector, s',
      '×',
      'memory after one of each, MB',
      '×',
      'memory after all of the above, MB',
      '×',
    ],
    engines.map((engine) => {
      const start = starts.get(engine)!;
      const ratio = (a: number | undefined, b: number | undefined) => (a && b ? (a / b).toFixed(2) : '—');
      return [
        engine.label,
        marked(start.firstVector.value.toFixed(2), start.firstVector),
        ratio(start.firstVector.value, ours.firstVector.value),
        megabytes(start.memory),
        ratio(start.memory, ours.memory),
        megabytes(memory.get(engine)),
        ratio(memory.get(engine), memory.get(engines[0]!)),
      ];
    }),
  );
}

/** Everything measured, sample by sample. */
export function json({ run, engines, throughput, starts }: Results): string {
  const { speeds, memory, agreement } = throughput;
  const rows = [...speeds].map(([row, figures]) => ({
    table: row.table,
    row: row.label,
    items: row.items,
    flops: row.flops,
    seconds: Object.fromEntries([...figures].map(([{ name }, figure]) => [name, figure])),
  }));
  const each = engines.map((engine) => ({
    engine: engine.name,
    ...starts.get(engine)!,
    memoryAfterAll: memory.get(engine),
    agreement: agreement.get(engine),
  }));
  return `${JSON.stringify({ machine: machine()[0], run, peak: peakOf(speeds), rows, engines: each }, null, 2)}\n`;
}

/** The fastest matrix product of any engine, in operations a second. */
function peakOf(speeds: Speeds): number {
  const products = [...speeds].filter(([row]) => row.table === 'gemm');
  return Math.max(
    ...products.flatMap(([row, figures]) => [...figures.values()].map(({ value }) => row.flops / value)),
  );
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const marked = (text: string, { foreign = 0 }: Figure) =>
  foreign > FOREIGN_LIMIT ? `${text} *` : text;
const number = (value: number) =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
const percent = (value: number) => `${Math.round(100 * value)} %`;
export const megabytes = (bytes: number | undefined) =>
  bytes === undefined ? '—' : Math.round(bytes / 1e6).toString();
