/** The models that have a name of their own. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../weights/index.ts';
import { parameterCount } from './parameters.ts';
import { publishedConfig } from './published.ts';
import { DOWNLOADABLE_NAMES, type DownloadableName } from './repositories.ts';
import { findModel, repositoriesFor, SHIPPED_MODEL } from './resolve.ts';

export interface ListedModel {
  readonly name: string;
  /** Of the weights. */
  readonly bytes: number;
  /** Where it can be had, in the order in which hubs are asked; none for the shipped model. */
  readonly repositories: readonly Repository[];
  /** Where it lies on this machine; absent where it has not been downloaded. */
  readonly path?: string;
}

/** The shipped model and the published ones, with where they are. No hub is asked. Throws TUWEN_BAD_ARGUMENT. */
export async function listModels(): Promise<ListedModel[]> {
  const shipped = (await findModel(SHIPPED_MODEL))!.path;
  const { size } = await stat(join(shipped, 'model.safetensors'));
  const list: ListedModel[] = [{ name: SHIPPED_MODEL, bytes: size, repositories: [], path: shipped }];
  for (const name of DOWNLOADABLE_NAMES) {
    const path = (await findModel(name))?.path;
    const repositories = repositoriesFor(name);
    list.push({ name, bytes: downloadBytes(name), repositories, ...(path && { path }) });
  }
  return list;
}

/** How large the weights of a published model are: all were published in single precision. */
export function downloadBytes(name: DownloadableName): number {
  return parameterCount(publishedConfig(name)) * Float32Array.BYTES_PER_ELEMENT;
}
