import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZeroShotReport, ZeroShotRun } from '../zero-shot/report.ts';
import { page } from './page.ts';
import { differenceText, html, htmlTable, markdownTable, percentage, type Table } from './table.ts';
import { words } from './words.ts';

/** How many of the pairs of classes that are confused most a report shows. */
const CONFUSED = 15;

/** A report of zero-shot classification for people who read Markdown. */
export function zeroShotMarkdown(report: ZeroShotReport): string {
  const w = words();
  const sets = report.sets.flatMap((set, i) => {
    const runs = report.runs.filter((run) => run.set === i);
    return [
      `## ${set.name}`,
      markdownTable(accuracyTable(report, i)),
      ...remarks(runs),
      ...runs.slice(0, 1).flatMap((run) => [`### ${w.confused}`, markdownTable(confusedTable(run))]),
    ];
  });
  const parts = [
    `# ${w.zeroShot}`,
    markdownTable(setsTable(report)),
    ...(report.comparisons.length > 0 ? [w.interval] : []),
    ...sets,
    `## ${w.files}`,
    markdownTable(filesTable(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The same as one page, with the confusion matrix of the first model on each set. */
export async function zeroShotHtml(report: ZeroShotReport): Promise<string> {
  const w = words();
  const parts = [htmlTable(setsTable(report))];
  if (report.comparisons.length > 0) parts.push(`<p>${html(w.interval)}</p>`);
  for (const [i, { name }] of report.sets.entries()) {
    const runs = report.runs.filter((run) => run.set === i);
    parts.push(`<h2>${html(name)}</h2>`, htmlTable(accuracyTable(report, i)));
    parts.push(...remarks(runs).map((remark) => `<p>${html(remark)}</p>`));
    const [first] = runs;
    if (first === undefined) continue;
    const picture = await readFile(join(first.folder, 'confusion.png'));
    parts.push(
      `<h3>${html(`${w.confusion} · ${first.model.name}`)}</h3>`,
      `<img class="matrix" alt="${html(w.confusion)}" src="data:image/png;base64,${picture.toString('base64')}">`,
      `<h3>${html(w.confused)}</h3>`,
      htmlTable(confusedTable(first)),
      `<h3>${html(w.meanPerClass)}</h3>`,
      htmlTable(classesTable(first)),
    );
  }
  parts.push(`<h2>${html(w.files)}</h2>`, htmlTable(filesTable(report)));
  return page(w.zeroShot, parts.join('\n'));
}

function setsTable({ sets }: ZeroShotReport): Table {
  const w = words();
  return {
    head: [w.set, w.split, w.classes, w.pictures, w.templates],
    rows: sets.map(({ name, split, classes, pictures, templates }) => [
      name,
      split,
      String(classes),
      String(pictures),
      String(templates),
    ]),
  };
}

/** The figures of a set: a row for each model, and one of chance. */
export function accuracyTable(report: ZeroShotReport, set: number): Table {
  const w = words();
  const runs = [...report.runs.entries()].filter(([, run]) => run.set === set);
  const compares = runs.length > 1;
  const cells = ({ top1, top5, meanPerClass }: ZeroShotRun['accuracy']) =>
    [top1, top5, meanPerClass].map(percentage);
  const change = (place: number) => {
    const own = report.comparisons.find(({ to }) => to === place);
    return own ? differenceText(own.top1) : '—';
  };
  const rows = runs.map(([place, { model, accuracy }]) => [
    model.name,
    model.precision,
    ...cells(accuracy),
    ...(compares ? [change(place)] : []),
  ]);
  const [first] = runs;
  if (first) rows.push([w.chance, '', ...cells(first[1].chance), ...(compares ? [''] : [])]);
  const head = [w.model, w.precision, w.top1, w.top5, w.meanPerClass];
  return { head: compares ? [...head, w.accuracyChange] : head, rows };
}

function confusedTable({ confused }: ZeroShotRun): Table {
  const w = words();
  return {
    head: [w.class, w.takenFor, w.count],
    rows: confused.slice(0, CONFUSED).map(({ label, takenFor, count }) => [label, takenFor, String(count)]),
  };
}

function classesTable({ classes }: ZeroShotRun): Table {
  const w = words();
  return {
    head: [w.class, w.pictures, w.recall],
    rows: classes.map(({ label, pictures, recall }) => [label, String(pictures), percentage(recall)]),
  };
}

function filesTable({ sets, runs }: ZeroShotReport): Table {
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

function remarks(runs: readonly ZeroShotRun[]): string[] {
  const w = words();
  return runs
    .slice(0, 1)
    .flatMap(({ unreadable }) => (unreadable.length > 0 ? [w.unreadable(unreadable.length)] : []));
}
