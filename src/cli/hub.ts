/** What commands that may download have in common. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { OnProgress } from '../base/index.ts';
import { HUB_NAMES } from '../weights/index.ts';
import { progressBar } from './progress-bar.ts';
import { texts } from './texts/index.ts';

export const hubOption = () => new Option('--hub <hub>', texts().modelPull.hub).choices(HUB_NAMES);
export const revisionOption = () => new Option('--revision <revision>', texts().modelPull.revision);
export const offlineOption = () => new Option('--offline', texts().modelPull.offline);
export const mirrorOption = () =>
  new Option('--mirror <address>', texts().modelPull.mirror).argParser((value) => {
    if (/^https?:\/\//.test(value) && URL.canParse(value)) return value;
    throw new InvalidArgumentError(texts().modelPull.address);
  });

/** Shows how far a download of `model` is, for the time of `work`. */
export async function showingDownload<T>(
  model: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const bar = progressBar(texts().model.downloading(model));
  return work(bar.onProgress).finally(() => bar.end());
}

/** `753 MB` */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
