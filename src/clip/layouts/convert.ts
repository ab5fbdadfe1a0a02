/** Models from one layout into another. */
import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isTuwenError, TuwenError } from '../../base/index.ts';
import { findModel } from './found-model.ts';
import type { LayoutName, StoredModel } from './layout.ts';
import { readModel } from './read.ts';
import type { WriteModelOptions } from './write.ts';
import { writeCnClip } from './write-cn-clip.ts';
import { writeHf } from './write-hf.ts';
import { writeModelscope } from './write-modelscope.ts';
import { writeTuwen } from './write-tuwen.ts';

/** The layouts that are written; `cn_clip` is a file, the others are folders. */
const WRITERS = {
  cn_clip: writeCnClip,
  hf: writeHf,
  modelscope: writeModelscope,
  tuwen: writeTuwen,
} as const satisfies Partial<
  Record<LayoutName, (place: string, model: StoredModel, options: WriteModelOptions) => Promise<void>>
>;

export type WrittenLayout = keyof typeof WRITERS;

export const WRITTEN_LAYOUTS = Object.keys(WRITERS) as readonly WrittenLayout[];

export interface ConvertOptions extends WriteModelOptions {
  readonly layout: WrittenLayout;
  /** Take the place of a file, or of a folder with nothing but a model in it. Default: false. */
  readonly force?: boolean | undefined;
}

/** What was converted. */
export interface Conversion {
  readonly from: LayoutName;
  readonly layout: WrittenLayout;
}

/**
 * Writes the model at `input` to `output` in another layout, tensor by tensor. It appears there whole or not at all.
 * Throws TUWEN_TARGET_EXISTS, TUWEN_LAYOUT_UNFIT, TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, and what `readModel` throws.
 */
export async function convertModel(
  input: string,
  output: string,
  { layout, force = false, ...options }: ConvertOptions,
): Promise<Conversion> {
  await requireFree(output, force);
  const model = await readModel(input, { mapped: true, signal: options.signal });
  const beside = `${resolve(output)}.${randomUUID()}.tmp`;
  try {
    await WRITERS[layout](beside, model, options);
    await requireFree(output, force);
    await takePlace(beside, output);
  } catch (cause) {
    if (!isTuwenError(cause, 'TUWEN_FILE_UNWRITABLE')) throw cause;
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { ...cause.value, path: output }, { cause });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return { from: model.layout, layout };
}

/** Throws TUWEN_TARGET_EXISTS where something lies at a path that must not be replaced. */
async function requireFree(path: string, force: boolean): Promise<void> {
  const status = await lstat(path).catch(() => undefined);
  if (!status) return;
  if (!force) throw new TuwenError('TUWEN_TARGET_EXISTS', { path, replaceable: true });
  if (status.isDirectory() && !(await isOnlyModel(path)))
    throw new TuwenError('TUWEN_TARGET_EXISTS', { path, replaceable: false });
}

/** Whether a folder is empty, or holds a model and no folders. */
async function isOnlyModel(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.length === 0) return true;
  if (!entries.every((entry) => entry.isFile())) return false;
  return findModel(path).then(
    () => true,
    () => false,
  );
}

/** Moves what was written to its place: a file over another at once, else what was there is moved aside first. */
async function takePlace(from: string, to: string): Promise<void> {
  try {
    const [written, old] = [await lstat(from), await lstat(to).catch(() => undefined)];
    if (!old || !(written.isDirectory() || old.isDirectory())) return await rename(from, to);
    const aside = `${from}.old`;
    await rename(to, aside);
    await rename(from, to).catch(async (cause) => {
      await rename(aside, to);
      throw cause;
    });
    await rm(aside, { recursive: true, force: true });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path: to, reason }, { cause });
  }
}
