import { isAbsolute, relative } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import type { Clip } from '../../clip/index.ts';
import {
  type Hit,
  openCollection,
  parseQuery,
  parseWhere,
  type Query,
  type SearchOptions,
} from '../../search/index.ts';
import {
  collectionOption,
  cosineValue,
  modelFor,
  peek,
  placeOf,
  storeOption,
  whereOption,
  withCollection,
} from '../collections.ts';
import { exportHits } from '../export-hits.ts';
import { withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  precisionOption,
  threadsOption,
  wholeNumber,
} from '../options.ts';
import { print, say } from '../output.ts';
import { bar, padStart, styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';
import { UsageError } from '../usage.ts';

const FORMATS = ['table', 'paths', 'jsonl', 'csv'] as const;

export function searchCommand(signal: AbortSignal) {
  const { search, minScore } = texts().collections;
  return new Command('search')
    .description(search.about)
    .argument('[query]', search.query)
    .option('--image <file>', search.image)
    .option('--id <id>', search.id)
    .option('--top <n>', search.top, wholeNumber)
    .option('--offset <n>', search.offset, wholeNumber)
    .addOption(whereOption())
    .option('--min-score <cosine>', minScore, cosineValue)
    .addOption(collectionOption())
    .addOption(storeOption())
    .addOption(new Option('--format <format>', search.format).choices(FORMATS))
    .option('--links <folder>', search.links)
    .option('--copies <folder>', search.copies)
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${search.after}`)
    .action(async (words, options) => {
      const query = queryOf(words, options);
      // Found out before a model is loaded.
      if (options.where !== undefined) parseWhere(options.where);
      const find = async (clip?: Clip) => {
        const opened = await openCollection({ ...placeOf(options), ...(clip && { clip }) });
        return withCollection(opened, (collection) =>
          collection.search(query, searchOptions(options, signal)),
        );
      };
      const needsModel = words !== undefined || options.image !== undefined;
      const { results } = needsModel
        ? await withModel({ ...options, model: modelFor(options.model, await peek(options)) }, signal, find)
        : await find();
      await tell(results, words, options);
      for (const [how, folder] of [
        ['link', options.links],
        ['copy', options.copies],
      ] as const) {
        if (folder === undefined) continue;
        await exportHits(results, folder, how);
        say(search.exported(results.length, folder));
      }
    });
}

interface Choices {
  readonly image?: string | undefined;
  readonly id?: string | undefined;
  readonly top?: number | undefined;
  readonly offset?: number | undefined;
  readonly where?: string | undefined;
  readonly minScore?: number | undefined;
  readonly format?: (typeof FORMATS)[number] | undefined;
  readonly json?: true | undefined;
}

function queryOf(words: string | undefined, { image, id }: Choices): Query {
  if (words === undefined && image === undefined && id === undefined)
    throw new UsageError(texts().collections.search.nothing);
  return {
    ...(words !== undefined && parseQuery(words)),
    ...(image !== undefined && { image }),
    ...(id !== undefined && { id }),
  };
}

function searchOptions({ top, offset, where, minScore }: Choices, signal: AbortSignal): SearchOptions {
  return {
    signal,
    ...(top !== undefined && { top }),
    ...(offset !== undefined && { offset }),
    ...(where !== undefined && { where }),
    ...(minScore !== undefined && { minScore }),
  };
}

async function tell(hits: readonly Hit[], words: string | undefined, options: Choices): Promise<void> {
  const { image, id, format = 'table', json } = options;
  if (json) {
    const query = { ...(words !== undefined && { text: words }), ...(image && { image }), ...(id && { id }) };
    return print(JSON.stringify({ query, results: hits.map(inOrder) }));
  }
  if (format === 'csv') await print(CSV_COLUMNS.join(','));
  if (format !== 'table') {
    for (const hit of hits) await print(LINES[format](hit));
    return;
  }
  const { search } = texts().collections;
  if (hits.length === 0) return print(search.none);
  const style = styleFor(process.stdout);
  const titles = [padStart(search.columns.score, SCORE_CELLS), ' '.repeat(BAR_CELLS), search.columns.path];
  await print(style.dim(titles.join('  ')));
  for (const [i, { path, score }] of hits.entries()) {
    const line = [padStart(score.toFixed(4), SCORE_CELLS), bar(score, BAR_CELLS), shown(path)].join('  ');
    await print(i === 0 ? style.good(line) : line);
  }
}

const SCORE_CELLS = 7;
const BAR_CELLS = 16;

/** A path as it can be typed from here, on one line. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return (near.startsWith('..') || isAbsolute(near) ? path : near).replace(/[\x00-\x1f\x7f]/g, '?');
}

const CSV_COLUMNS = ['id', 'path', 'score', 'size', 'modified', 'width', 'height', 'taken', 'hash'] as const;

const LINES = {
  paths: ({ path }: Hit) => path,
  jsonl: (hit: Hit) => JSON.stringify(inOrder(hit)),
  csv: (hit: Hit) => CSV_COLUMNS.map((column) => csvValue(hit[column])).join(','),
} as const;

/** By RFC 4180. */
function csvValue(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What comes first is what people look at. */
function inOrder({ id, path, score, ...metadata }: Hit): Hit {
  return { id, path, score, ...metadata };
}
