/** The tensors of a file, or of the one model in a folder, by the names they have there. */
import { type ReadOptions, readWeights, type StateDict } from '../../weights/index.ts';
import { weightsAt } from './found-model.ts';

/** Throws TUWEN_LAYOUT_UNKNOWN where a folder has no single file of weights, and what reading throws. */
export async function tensorsOf(path: string, options: ReadOptions = {}): Promise<StateDict> {
  return readWeights((await weightsAt(path)).weights, options);
}
