import type { RetrievalReport } from '../retrieval/report.ts';
import { figuresTable, filesTable, groupTables, remarks, setsTable } from './retrieval-tables.ts';
import { markdownTable } from './table.ts';
import { words } from './words.ts';

/** A report of retrieval for people who read Markdown. */
export function retrievalMarkdown(report: RetrievalReport): string {
  const w = words();
  const sets = report.sets.flatMap((set, i) => {
    const runs = report.runs.filter((run) => run.set === i);
    const figures = figuresTable(report, i);
    return [
      `## ${set.name}`,
      ...(figures.rows.length > 0 ? [markdownTable(figures)] : []),
      ...new Set(runs.flatMap(remarks)),
      ...runs.flatMap(groupTables).flatMap(({ title, table }) => [`### ${title}`, markdownTable(table)]),
    ];
  });
  const parts = [
    `# ${w.retrieval}`,
    markdownTable(setsTable(report)),
    `${w.percent}${report.comparisons.length > 0 ? ` ${w.interval}` : ''}`,
    ...sets,
    `## ${w.files}`,
    markdownTable(filesTable(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}
