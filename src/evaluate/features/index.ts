/** Files of feature vectors. */
import type { Journal } from './journal.ts';
import { writeJsonl } from './jsonl.ts';
import { writeNpy } from './npy.ts';
import type { FeatureWriter } from './record.ts';
import { writeSafetensors } from './safetensors.ts';

export { type Journal, openJournal, type RunIdentity } from './journal.ts';
export { featureLine } from './jsonl.ts';
export { type FeatureKind, type FeatureTable, featureTable, readFeatures } from './read.ts';
export { type FeatureName, type FeatureRecord, type FeatureWriter, nameJson } from './record.ts';

export const FORMATS = {
  '.jsonl': writeJsonl,
  '.npy': writeNpy,
  '.safetensors': writeSafetensors,
} as const;

export type Format = keyof typeof FORMATS;

/** The format that the ending of a path asks for. */
export function formatOf(path: string): Format | undefined {
  const endings = Object.keys(FORMATS) as Format[];
  return endings.find((ending) => path.toLowerCase().endsWith(ending));
}

/** Where a run that writes the file `path` keeps its vectors until it is done. */
export function journalFolder(path: string): string {
  return `${path}.partial`;
}

/** A writer that gathers vectors in a journal and writes the file when all are there. */
export function featureWriter(path: string, format: Format, journal: Journal): FeatureWriter {
  return {
    earlier: journal.earlier,
    take: journal.take,
    write: journal.append,
    async finish() {
      await FORMATS[format](path, journal);
      await journal.remove();
    },
  };
}
