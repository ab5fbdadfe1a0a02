import { openTemporaryFile, pythonFloat } from '../../base/index.ts';
import type { Journal, JournalRow } from './journal.ts';

/** One line a vector, as Chinese-CLIP's extract_features.py writes them; the name is JSON. */
export function featureLine({ field, name, vector }: JournalRow): string {
  return `{"${field}": ${name}, "feature": [${Array.from(vector, pythonFloat).join(', ')}]}`;
}

export async function writeJsonl(path: string, { rows }: Pick<Journal, 'rows'>): Promise<void> {
  await using file = await openTemporaryFile(path);
  for await (const row of rows()) await file.append(`${featureLine(row)}\n`);
  await file.commit();
}
