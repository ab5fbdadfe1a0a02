/** The tensors of a file, or of the one model in a folder, by the names they have there. */
import { join } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import { type ReadOptions, readSharded, readWeights, type StateDict } from '../../weights/index.ts';
import { isFolder, openFolder } from './layout.ts';

/** Files of a Hugging Face folder, the best first. */
const FILES = ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'];

/** Names of files that may hold weights. */
export const WEIGHTS = /\.(pt|pth|bin|safetensors)$/;

/** Throws TUWEN_LAYOUT_UNKNOWN where a folder has no single file of weights, and what reading throws. */
export async function tensorsOf(path: string, options: ReadOptions = {}): Promise<StateDict> {
  if (!(await isFolder(path))) return readWeights(path, options);
  const { names } = await openFolder(path);
  const weights = names.filter((name) => WEIGHTS.test(name));
  const file = FILES.find((name) => names.includes(name)) ?? (weights.length === 1 ? weights[0] : undefined);
  if (file === undefined) throw new TuwenError('TUWEN_LAYOUT_UNKNOWN', { path, found: names, known: FILES });
  const read = file.endsWith('.json') ? readSharded : readWeights;
  return read(join(path, file), options);
}
