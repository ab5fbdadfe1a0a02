import { TuwenError } from '../../base/index.ts';
import { loadImage } from '../../clip/index.ts';
import type { Picture } from '../types.ts';

/** A picture's size, or why it has none. */
export type Checked = { readonly width: number; readonly height: number } | { readonly error: TuwenError };

/** Decodes a picture whole, as training and evaluation do; the error names it by its file and line. */
export async function checkPicture(picture: Picture, signal?: AbortSignal): Promise<Checked> {
  try {
    const bytes = await picture.bytes();
    const { width, height } = await loadImage(bytes, { orient: false, ...(signal && { signal }) });
    return { width, height };
  } catch (error) {
    if (!(error instanceof TuwenError) || error.code === 'TUWEN_CANCELLED') throw error;
    return { error: named(error, picture.source) };
  }
}

function named(error: TuwenError, source: string): TuwenError {
  if (!error.code.startsWith('TUWEN_IMAGE_')) return error;
  return new TuwenError(error.code, { ...(error.value as object), source } as never, { cause: error.cause });
}
