import type { Recall } from '../retrieval/recall.ts';
import type { DirectionReport, RetrievalReport, RunReport } from '../retrieval/report.ts';
import { differenceText, percentage, type Table } from './table.ts';
import { words } from './words.ts';

const recallCells = ({ r1, r5, r10, mr }: Recall) => [r1, r5, r10, mr].map(percentage);

/** The figures of a set: a row for each direction and model, and one of chance. */
export function figuresTable(report: RetrievalReport, set: number): Table {
  const w = words();
  const runs = [...report.runs.entries()].filter(([, run]) => run.set === set);
  const compares = runs.length > 1;
  const rows = (['t2i', 'i2t'] as const).flatMap((direction) => {
    const own = runs.flatMap(([place, run]) => {
      const found = run.directions.find((each) => each.direction === direction);
      return found ? [{ place, run, found }] : [];
    });
    if (own.length === 0) return [];
    const chance = own[0]!.found.chance;
    return [
      ...own.map(({ place, run, found }) => [
        w[direction],
        run.model.name,
        run.model.precision,
        ...recallCells(found.recall),
        ...(compares ? [changeOf(report, place, direction)] : []),
      ]),
      [w[direction], w.chance, '', ...recallCells(chance), ...(compares ? [''] : [])],
    ];
  });
  const head = [w.direction, w.model, w.precision, 'R@1', 'R@5', 'R@10', 'MR'];
  return { head: compares ? [...head, w.change] : head, rows };
}

function changeOf({ comparisons }: RetrievalReport, run: number, direction: string): string {
  const own = comparisons.find((each) => each.to === run && each.direction === direction);
  return own ? differenceText(own.difference.mr) : '—';
}

/** The figures of each group of a field, and how far they are apart. */
export function groupTables(run: RunReport): { readonly title: string; readonly table: Table }[] {
  const w = words();
  return run.directions.flatMap((direction) =>
    direction.groupings.map(({ field, groups, gaps }) => ({
      title: `${w.groups(field)} · ${w[direction.direction]} · ${run.model.name} ${run.model.precision}`,
      table: {
        head: [w.group, w.queries, 'R@1', 'R@5', 'R@10', 'MR'],
        rows: [
          ...groups.map(({ value, queries, recall }) => [value, String(queries), ...recallCells(recall)]),
          [w.gap, '', ...recallCells(gaps)],
        ],
      },
    })),
  );
}

/** The sets, and the files on which the figures depend. */
export function setsTable({ sets }: RetrievalReport): Table {
  const w = words();
  return {
    head: [w.set, w.split, w.texts, w.pictures, w.pairs],
    rows: sets.map(({ name, split, texts, pictures, pairs }) => [
      name,
      split,
      String(texts),
      String(pictures),
      String(pairs),
    ]),
  };
}

/** The files and models, with their hashes. */
export function filesTable({ sets, runs }: RetrievalReport): Table {
  const w = words();
  const models = new Map(runs.map(({ model }) => [`${model.name} ${model.sha256}`, model]));
  return {
    head: [w.file, 'sha256'],
    rows: [
      ...sets.flatMap(({ files }) => files.map(({ path, sha256 }) => [path, sha256])),
      ...[...models.values()].map(({ name, sha256 }) => [`${w.model} ${name}`, sha256]),
    ],
  };
}

/** What is to be said besides the figures of a run. */
export function remarks(run: RunReport): string[] {
  const w = words();
  return [
    ...(run.directions.length === 0 ? [w.noAnswers] : []),
    ...(run.unreadable.length > 0 ? [w.unreadable(run.unreadable.length)] : []),
  ];
}

/** Which way a direction goes, with how many there are to find. */
export function directionTitle({ direction, queries, candidates }: DirectionReport): string {
  return `${words()[direction]} (${queries} → ${candidates})`;
}
