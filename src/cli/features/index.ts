/** Files of feature vectors. */
import { jsonlWriter, printingWriter } from './jsonl.ts';
import { npyWriter } from './npy.ts';
import type { FeatureWriter } from './record.ts';
import { safetensorsWriter } from './safetensors.ts';

export { printingWriter } from './jsonl.ts';
export type { FeatureRecord, FeatureWriter } from './record.ts';

export const FORMATS = {
  '.jsonl': jsonlWriter,
  '.npy': npyWriter,
  '.safetensors': safetensorsWriter,
} as const;

export type Format = keyof typeof FORMATS;

/** The format that the ending of a path asks for. */
export function formatOf(path: string): Format | undefined {
  const endings = Object.keys(FORMATS) as Format[];
  return endings.find((ending) => path.toLowerCase().endsWith(ending));
}

/** A writer for a file, or for standard output where no path is given. */
export async function openFeatureWriter(path: string | undefined, format: Format): Promise<FeatureWriter> {
  return path === undefined ? printingWriter() : FORMATS[format](path);
}
