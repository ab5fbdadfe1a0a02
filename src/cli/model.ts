import { createInterface } from 'node:readline/promises';
import { TuwenError } from '../base/index.ts';
import { type Clip, loadClip } from '../clip/index.ts';
import type { ModelOptions } from './options.ts';
import { say } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { texts } from './texts/index.ts';

/**
 * Loads the model that options or TUWEN_MODEL name, or that the user names when asked in a terminal, for the time of
 * `use`.
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
  const name = await chosenModel(options, signal);
  const bar = progressBar(texts().model.reading);
  const loading = loadClip(name, {
    ...(precision && { precision }),
    ...(device && { device }),
    ...(threads && { threads }),
    signal,
    onProgress: bar.onProgress,
  });
  return loading.finally(() => bar.end());
}

/** The model that options or TUWEN_MODEL name, or that the user names when asked in a terminal. */
export async function chosenModel({ model }: ModelOptions, signal: AbortSignal): Promise<string> {
  return model ?? (process.env.TUWEN_MODEL || (await askForModel(signal)));
}

async function askForModel(signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  const { model } = texts();
  say(`${model.ask}\n  1  ${model.mini}\n  ${model.folder}`);
  // Left to the terminal, Ctrl-C stays a signal.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  const answer = await Promise.race([terminal.question(model.prompt, { signal }), closed]);
  terminal.close();
  if (answer === undefined) say('');
  if (!answer?.trim()) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  return answer.trim() === '1' ? 'mini' : answer.trim();
}
