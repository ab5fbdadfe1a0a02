/** The model that commands and `loadClip` use where none is named. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { fileError, home, TuwenError } from '../base/index.ts';
import { HUB_NAMES, writeAtomically } from '../weights/index.ts';

const DefaultModel = z.object({
  model: z.string().min(1),
  revision: z.string().optional(),
  hub: z.enum(HUB_NAMES).optional(),
});

/** A model by name or absolute path, and where it comes from. */
export type DefaultModel = z.output<typeof DefaultModel>;

const path = () => join(home(), 'default-model.json');

/**
 * The default: what TUWEN_MODEL names, else what `setDefaultModel` stored; undefined without either.
 * Throws TUWEN_FILE_UNREADABLE.
 */
export async function defaultModel(): Promise<DefaultModel | undefined> {
  const { TUWEN_MODEL } = process.env;
  if (TUWEN_MODEL) return { model: TUWEN_MODEL };
  try {
    return DefaultModel.parse(JSON.parse(await readFile(path(), 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(path(), cause);
  }
}

/** Stores the default under TUWEN_HOME. Throws TUWEN_FILE_UNWRITABLE. */
export async function setDefaultModel(model: DefaultModel): Promise<void> {
  const file = path();
  await mkdir(dirname(file), { recursive: true }).catch((cause) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path: file, reason }, { cause });
  });
  await writeAtomically(file, [new TextEncoder().encode(`${JSON.stringify(model, null, 2)}\n`)]);
}
