import { openTemporaryFile } from '../../base/index.ts';
import { dumps } from '../python/index.ts';
import { type Answer, type Direction, FIELDS } from './answers.ts';

type Line = Pick<Answer, 'query' | 'answers'>;

/** A line of predictions or of annotations, as the official scripts write it. */
export function answerLine(direction: Direction, { query, answers }: Line): string {
  const fields = FIELDS[direction];
  const id = (value: Line['query']) => dumps(typeof value === 'number' ? BigInt(value) : value);
  return `{"${fields.query}": ${id(query)}, "${fields.answers}": [${answers.map(id).join(', ')}]}`;
}

/** Writes lines under their final name when all are written. Throws TUWEN_FILE_UNWRITABLE. */
export async function writeAnswers(path: string, direction: Direction, lines: Iterable<Line>): Promise<void> {
  await using file = await openTemporaryFile(path);
  let waiting: string[] = [];
  for (const line of lines) {
    waiting.push(`${answerLine(direction, line)}\n`);
    if (waiting.length === 1024) await file.append(waiting.splice(0).join(''));
  }
  waiting = waiting.length > 0 ? waiting : [''];
  await file.append(waiting.join(''));
  await file.commit();
}
