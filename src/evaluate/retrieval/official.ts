/** `evaluation.py` and `evaluation_tr.py`: what they accept, what they say and what they write. */
import { fileError, isTuwenError } from '../../base/index.ts';
import type { Id } from '../files/id.ts';
import { fileLines } from '../files/lines.ts';
import { dumps, type PythonValue, parsePython, str, strip, typeName } from '../python/index.ts';
import type { Answer, Direction } from './answers.ts';
import { type Recall, ranks, recallOf } from './recall.ts';

/** How many answers a query must have been given. */
const K = 10;

/** Why the official script refuses predictions. */
export interface Refusal {
  /** In the script's own words. */
  readonly message: string;
  /** From 1; absent where it is about the file as a whole. */
  readonly line?: number;
}

/** What the official script would not say: lines it passes over. */
export interface Notice {
  readonly line: number;
  readonly kind: 'duplicate' | 'surplus';
  readonly id: Id;
}

export interface OfficialResult {
  /** The file that the official script writes, byte for byte. */
  readonly output: string;
  readonly recall?: Recall;
  /** The rank of each answer's first right prediction, in the order of the answers. */
  readonly ranks?: readonly number[];
  readonly refusal?: Refusal;
  readonly notices: readonly Notice[];
}

/** Words that differ between the two scripts. */
const WORDS = {
  t2i: { query: 'text_id', answer: 'image_id', answers: 'image_ids', title: 'Text_id', things: 'images' },
  i2t: { query: 'image_id', answer: 'text_id', answers: 'text_ids', title: 'Image_id', things: 'texts' },
} as const;

/**
 * Scores a file of predictions as the official script of its direction does: exactly ten whole ids a query, all
 * different; every query of the answers predicted; of two lines for a query the last counts; other queries are passed
 * over. What it passes over is named in `notices`. Ids of queries that are missing are listed in the order of the answers;
 * the script lists them as Python's sets happen to.
 *
 * @throws TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID for a file that is not UTF-8
 */
export async function scorePredictions(
  answers: readonly Answer[],
  path: string,
  direction: Direction,
): Promise<OfficialResult> {
  const notices: Notice[] = [];
  try {
    const predictions = await readPredictions(path, direction, answers, notices);
    const found = ranks(answers, predictions);
    const recall = recallOf(found);
    return { output: successOutput(recall), recall, ranks: found, notices };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const { message, line } = error;
    return {
      output: failureOutput(message),
      refusal: { message, ...(line !== undefined && { line }) },
      notices,
    };
  }
}

class RefusalError extends Error {
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

async function readPredictions(
  path: string,
  direction: Direction,
  answers: readonly Answer[],
  notices: Notice[],
): Promise<Map<Id, readonly Id[]>> {
  const asked = new Set(answers.map(({ query }) => query));
  const predictions = new Map<Id, readonly Id[]>();
  let before: Id | undefined;
  try {
    for await (const { text, number: line } of fileLines(path)) {
      const { query, ids } = predictionOf(strip(text), line, direction, before);
      if (predictions.has(query)) notices.push({ line, kind: 'duplicate', id: query });
      if (!asked.has(query)) notices.push({ line, kind: 'surplus', id: query });
      predictions.set(query, ids);
      before = query;
    }
  } catch (error) {
    if (error instanceof RefusalError) throw error;
    if (isTuwenError(error, 'TUWEN_FILE_MISSING'))
      throw new RefusalError('The submission file is not found!');
    throw fileError(path, error);
  }
  const missing = [...asked].filter((id) => !predictions.has(id));
  if (missing.length > 0) {
    const { query } = WORDS[direction];
    throw new RefusalError(
      `The following ${query}s have no prediction in your submission, please check again: ${missing.join(', ')}`,
    );
  }
  return predictions;
}

/** The checks of `read_submission` on one line, in their order. */
function predictionOf(line: string, number: number, direction: Direction, before: Id | undefined) {
  const words = WORDS[direction];
  const refuse = (message: string): never => {
    throw new RefusalError(message, number);
  };
  const record = parsePython(line);
  if (record === undefined) return refuse(`Cannot parse this line into json object: ${line}`);
  const { query, ids } = fieldsOf(record, line, direction, refuse);
  const key = wholeId(query);
  if (key === undefined) {
    // evaluation.py prints the id of the line before, and fails over it on the first line.
    const printed = direction === 't2i' ? before : str(query);
    if (printed === undefined) {
      return refuse("cannot access local variable 'qid' where it is not associated with a value");
    }
    return refuse(
      `Found an invalid ${words.query} ${printed}, it should be an integer (not string), please check your schema`,
    );
  }
  const named = str(query);
  const list = ids();
  if (!isList(list)) {
    return refuse(
      `The ${words.answers} field of ${words.query} ${named} is not a list, please check your schema`,
    );
  }
  if (list.length !== K) {
    return refuse(
      `${words.title} ${named} has wrong number of predicted ${words.answers}! Require ${K}, but ${list.length} founded.`,
    );
  }
  const predicted = list.map(
    (id, rank) =>
      wholeId(id) ??
      refuse(
        `${words.title} ${named} has an invalid predicted ${words.answer} ${str(id)} at rank ${rank + 1}, it should be an integer (not string), please check your schema`,
      ),
  );
  if (new Set(predicted).size !== K) {
    return refuse(
      `${words.title} ${named} has duplicate topk ${words.things} in your prediction. Pleace check again!`,
    );
  }
  return { query: key, ids: predicted };
}

/** The two fields of a line, as `in` and `[…]` find them in whatever Python value it holds. */
function fieldsOf(
  record: PythonValue,
  line: string,
  direction: Direction,
  refuse: (message: string) => never,
): { query: PythonValue; ids: () => PythonValue } {
  const { query, answers } = WORDS[direction];
  if (!contains(record, query, refuse)) {
    return refuse(`There exists one line not containing ${query}: ${line}`);
  }
  if (typeof record === 'string') return refuse("string indices must be integers, not 'str'");
  if (!(record instanceof Map)) return refuse('list indices must be integers or slices, not str');
  const ids = () =>
    record.has(answers)
      ? record.get(answers)!
      : refuse(`There exists one line not containing the predicted ${answers}: ${line}`);
  return { query: record.get(query)!, ids };
}

/** `key in value` */
function contains(value: PythonValue, key: string, refuse: (message: string) => never): boolean {
  if (typeof value === 'string' || isList(value)) return value.includes(key);
  if (value instanceof Map) return value.has(key);
  return refuse(`argument of type '${typeName(value)}' is not iterable`);
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** A whole number as a key: True and False are 1 and 0. */
function wholeId(value: PythonValue): Id | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'bigint') return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** What the official script writes of a recall. */
export function successOutput({ mr, r1, r5, r10 }: Recall): string {
  return dumps({ success: true, score: mr, scoreJson: { score: mr, mean_recall: mr, r1, r5, r10 } });
}

function failureOutput(message: string): string {
  return dumps({ errorDetail: message, errorMsg: message, score: 0n, scoreJson: {}, success: false });
}
