import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TuwenError } from '../base/index.ts';

/** The model that is part of the package. */
export const SHIPPED_MODEL = 'mini';

/** Where a model lies, and what to call it. */
export interface ResolvedModel {
  readonly name: string;
  /** Of a folder, or of a file of weights. */
  readonly path: string;
}

/** The place of a model by its name or path: an existing path wins. */
export async function resolveModel(model = process.env.TUWEN_MODEL): Promise<ResolvedModel> {
  if (!model) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  if (existsSync(model)) return { name: model, path: model };
  if (model === SHIPPED_MODEL) {
    return {
      name: SHIPPED_MODEL,
      path: fileURLToPath(new URL('../../models/mini/model', import.meta.url)),
    };
  }
  throw new TuwenError('TUWEN_MODEL_UNKNOWN', { model });
}
