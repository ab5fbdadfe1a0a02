import type { Id } from '../files/id.ts';
import type { Example, Scored } from '../retrieval/examples.ts';
import type { DirectionReport, RetrievalReport, RunReport } from '../retrieval/report.ts';
import type { RetrievalSet } from '../sets/types.ts';
import { page } from './page.ts';
import {
  directionTitle,
  figuresTable,
  filesTable,
  groupTables,
  remarks,
  setsTable,
} from './retrieval-tables.ts';
import { html, htmlTable } from './table.ts';
import { thumbnails } from './thumbnails.ts';
import { words } from './words.ts';

/** What the examples of a set show. */
interface Shown {
  readonly pictures: ReadonlyMap<Id, string>;
  readonly texts: ReadonlyMap<Id, string>;
}

/**
 * A report of retrieval as one page, with the worst and best queries of the first model on each set as pictures and texts.
 * `sets` are those of the report, in its order; their pictures and texts are read again.
 */
export async function retrievalHtml(report: RetrievalReport, sets: readonly RetrievalSet[]): Promise<string> {
  const w = words();
  const parts = [htmlTable(setsTable(report)), `<p>${html(w.percent)}</p>`];
  if (report.comparisons.length > 0) parts.push(`<p>${html(w.interval)}</p>`);
  for (const [i, { name }] of report.sets.entries()) {
    const runs = report.runs.filter((run) => run.set === i);
    parts.push(`<h2>${html(name)}</h2>`, htmlTable(figuresTable(report, i)));
    for (const remark of new Set(runs.flatMap(remarks))) parts.push(`<p>${html(remark)}</p>`);
    for (const { title, table } of runs.flatMap(groupTables)) {
      parts.push(`<h3>${html(title)}</h3>`, htmlTable(table));
    }
    const [first] = runs;
    if (first) parts.push(...examplesOf(first, await shownOf(first, sets[i]!)));
  }
  parts.push(`<h2>${html(w.files)}</h2>`, htmlTable(filesTable(report)));
  return page(w.retrieval, parts.join('\n'));
}

async function shownOf({ directions }: RunReport, set: RetrievalSet): Promise<Shown> {
  const wanted = { t2i: new Set<Id>(), i2t: new Set<Id>() };
  for (const { direction, examples } of directions) {
    const back = direction === 't2i' ? 'i2t' : 't2i';
    for (const { query, right, found } of [...examples.worst, ...examples.best]) {
      wanted[direction].add(query);
      for (const { id } of [...right, ...found]) wanted[back].add(id);
    }
  }
  const texts = new Map<Id, string>();
  for await (const { id, text } of set.texts()) if (wanted.t2i.has(id)) texts.set(id, text);
  return { pictures: await thumbnails(set.pictures(), wanted.i2t), texts };
}

function examplesOf({ model, directions }: RunReport, shown: Shown): string[] {
  const w = words();
  return directions.flatMap((direction) =>
    (['worst', 'best'] as const).flatMap((kind) => [
      `<h3>${html(`${w[kind]} · ${directionTitle(direction)} · ${model.name}`)}</h3>`,
      `<ul class="examples">${direction.examples[kind].map((each) => example(each, direction, shown)).join('')}</ul>`,
    ]),
  );
}

function example(
  { query, right, found, rank }: Example,
  { direction, candidates }: DirectionReport,
  shown: Shown,
): string {
  const w = words();
  const show = direction === 't2i' ? picture : text;
  const row = (label: string, list: readonly Scored[]) =>
    `<div class="row"><span class="label">${html(label)}</span>${list.map((each) => show(each, shown)).join('')}</div>`;
  const asked = direction === 't2i' ? html(shown.texts.get(query) ?? String(query)) : image(query, shown);
  return `<li><div class="query">${asked}</div>${row(w.found, found)}${row(`${w.right} · ${w.rank(rank, candidates)}`, right)}</li>`;
}

function picture({ id, score, right }: Scored, shown: Shown): string {
  return `<figure>${image(id, shown, right)}<figcaption${right ? ' class="hit"' : ''}>${score.toFixed(3)}</figcaption></figure>`;
}

function text({ id, score, right }: Scored, { texts }: Shown): string {
  const words = html(texts.get(id) ?? String(id));
  return `<figure class="text"><span>${score.toFixed(3)}</span><span${right ? ' class="hit"' : ''}>${words}</span></figure>`;
}

function image(id: Id, { pictures }: Shown, right = false): string {
  const address = pictures.get(id);
  const name = html(String(id));
  if (address === undefined) return `<span${right ? ' class="hit"' : ''}>${name}</span>`;
  return `<img src="${address}" alt="${name}" title="${name}"${right ? ' class="hit"' : ''}>`;
}
