import { TuwenError } from '../base/index.ts';
import {
  type Clip,
  defaultModel,
  type ListedModel,
  listModels,
  loadClip,
  resolveModel,
} from '../clip/index.ts';
import { ask } from './ask.ts';
import { megabytes, showingDownload } from './hub.ts';
import type { ModelOptions } from './options.ts';
import { say } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { cells, padEnd } from './terminal.ts';
import { texts } from './texts/index.ts';

/**
 * Loads the model that options name, or the default one, or the one that the user names when asked in a terminal, for
 * the time of `use`. A model that is not on this machine is downloaded.
 */
export async function withModel<T>(
  options: ModelOptions,
  signal: AbortSignal,
  use: (clip: Clip) => Promise<T>,
): Promise<T> {
  const clip = await openModel(options, signal);
  try {
    return await use(clip);
  } finally {
    // Closing waits for what is under way; a user who gives up does not.
    if (!signal.aborted) await clip.close();
  }
}

/** The same for as long as the caller wants it. */
export async function openModel(options: ModelOptions, signal: AbortSignal): Promise<Clip> {
  const { precision, device, threads } = options;
  const named = await chosenModel(options, signal);
  const name = named ?? (await defaultModel())?.model ?? '';
  await showingDownload(name, (onProgress) => resolveModel(named, { signal, onProgress }));
  const bar = progressBar(texts().model.reading);
  const loading = loadClip(named, {
    ...(precision && { precision }),
    ...(device && { device }),
    ...(threads && { threads }),
    signal,
    onProgress: bar.onProgress,
  });
  return loading.finally(() => bar.end());
}

/** The model that options name, or that the user names when asked in a terminal; undefined where there is a default. */
export async function chosenModel({ model }: ModelOptions, signal: AbortSignal): Promise<string | undefined> {
  return model || ((await defaultModel()) ? undefined : askForModel(signal));
}

async function askForModel(signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  const { model: words } = texts();
  const models = await listModels();
  say([words.ask, ...choices(models), `     ${words.other}`, words.keep].join('\n'));
  const answer = await ask(words.prompt, process.stderr, signal);
  if (answer === undefined) say('');
  const text = answer?.trim();
  if (!text) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  return models[Number(text) - 1]?.name ?? text;
}

/** `  2  ViT-B-16      753 MB to download` */
function choices(models: readonly ListedModel[]): string[] {
  const { model: words } = texts();
  const width = Math.max(...models.map(({ name }) => cells(name)));
  return models.map(({ name, bytes, repositories, path }, i) => {
    const present = repositories.length === 0 ? words.mini : words.present;
    return `  ${i + 1}  ${padEnd(name, width)}  ${path ? present : words.download(megabytes(bytes))}`;
  });
}
