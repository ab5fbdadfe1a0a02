/** Writing a data set: one writer a form, which a later run can take up where an earlier one stopped. */
import type { Form, Picture, TextRecord } from '../types.ts';

/** What a writer needs to go on: plain JSON. */
export type WriterState = Readonly<Record<string, unknown>>;

/** Takes the pictures of a split, then its texts. */
export interface SplitWriter {
  /** `texts` are those that name the picture; only forms that keep captions with pictures ask for them. */
  picture(picture: Picture, bytes: Uint8Array, texts: readonly TextRecord[]): Promise<void>;
  text(text: TextRecord): Promise<void>;
  /** Makes everything safe that was taken. */
  checkpoint(): Promise<WriterState>;
  /** Completes the files; nothing is taken afterwards. */
  finish(): Promise<void>;
  /** Closes what is open, finished or not. */
  close(): Promise<void>;
}

export interface FormWriter {
  readonly form: Form;
  /** Whether captions are kept with pictures. */
  readonly captioned: boolean;
  /** Opens a split in a folder, at the beginning or where `state` was taken. */
  open(folder: string, split: string, state?: WriterState): Promise<SplitWriter>;
}
