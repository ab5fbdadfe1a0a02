import { openTemporaryFile, pythonFloat } from '../../base/index.ts';
import { print } from '../output.ts';
import { type FeatureRecord, type FeatureWriter, nameJson } from './record.ts';

/** One line a vector, as Chinese-CLIP's extract_features.py writes them. */
export function featureLine({ field, name, vector }: FeatureRecord): string {
  return `{"${field}": ${nameJson(name)}, "feature": [${Array.from(vector, pythonFloat).join(', ')}]}`;
}

export async function jsonlWriter(path: string): Promise<FeatureWriter> {
  const file = await openTemporaryFile(path);
  return {
    write: (record) => file.append(`${featureLine(record)}\n`),
    finish: file.commit,
    discard: file.discard,
  };
}

/** The same lines on standard output. */
export function printingWriter(): FeatureWriter {
  const nothing = async () => {};
  return { write: (record) => print(featureLine(record)), finish: nothing, discard: nothing };
}
