/** Sentences for labels, from files of several kinds. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from '../../base/index.ts';
import { fileFault } from '../files/lines.ts';
import { listLines } from '../files/list.ts';

/** Which list of cvinw_zeroshot_templates.py the official script takes for a data set; `openai` for all others. */
const LISTS: Readonly<Record<string, string>> = {
  'fgvc-aircraft-2013b-variants102': 'aircraft',
  'food-101': 'food',
  'oxford-flower-102': 'flower',
  eurosat_clip: 'eurosat',
  resisc45_clip: 'eurosat',
  country211: 'country211',
};

/**
 * Templates with `{}` for the label: one a line, a JSON list, or a Python file of the official repository, which is read and
 * never run: the list that its script takes for `dataset`, or the only one of the file.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID for a template without `{}`
 */
export async function readTemplates(path: string, dataset: string): Promise<string[]> {
  const templates = await templatesOf(path, dataset);
  if (templates.length === 0) throw fileFault(path, { fault: 'no-lines' });
  const place = templates.findIndex((template) => !template.includes('{}'));
  if (place >= 0) throw fileFault(path, { fault: 'bad-template', line: place + 1, got: templates[place] });
  return templates;
}

async function templatesOf(path: string, dataset: string): Promise<string[]> {
  if (/\.py$/i.test(path)) return pythonTemplates(await textOf(path), dataset);
  if (!/\.json$/i.test(path)) return listLines(path);
  const list = z.array(z.string()).safeParse(parsed(await textOf(path))).data;
  if (list === undefined) throw fileFault(path, { fault: 'not-json', line: 1 });
  return list;
}

/** The lambdas of a list `name = [lambda c: f"{c}的照片", …]`. */
function pythonTemplates(source: string, dataset: string): string[] {
  const lists = new Map<string, string[]>();
  for (const section of source.split(/^(?=\w+\s*=\s*\[)/m)) {
    const name = /^(\w+?)(?:_templates?)?\s*=\s*\[/.exec(section)?.[1];
    const lambdas = [...section.matchAll(/lambda\s+(\w+)\s*:\s*f(["'])(.*?)\2\s*(?=[,\]\n])/g)];
    if (name === undefined || lambdas.length === 0) continue;
    lists.set(
      name,
      lambdas.map(([, variable, , sentence]) => sentence!.replaceAll(`{${variable}}`, () => '{}')),
    );
  }
  const [only, ...others] = lists.values();
  if (only !== undefined && others.length === 0) return only;
  return lists.get(LISTS[dataset] ?? 'openai') ?? [];
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause) => {
    throw fileError(path, cause);
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
