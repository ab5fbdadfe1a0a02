/** The two halves of a data set, which the forms provide. */
import type { TuwenError } from '../../base/index.ts';
import type { Id, Pair, Picture, PictureOrder, TextRecord } from '../types.ts';

/** Where pictures come from. */
export interface PictureSource {
  count(): Promise<number>;
  pictures(order: PictureOrder): AsyncIterable<Picture>;
  /** As `pictures` in file order, but what is wrong with a record comes in its place, where the form can go on after it. */
  scan?(): AsyncIterable<Picture | TuwenError>;
  picture(id: Id): Promise<Picture | undefined>;
  close(): Promise<void>;
}

/** Where texts come from. */
export interface TextSource {
  /** The files that hold them. */
  readonly files: readonly string[];
  counts(): Promise<{ texts: number; pairs: number }>;
  texts(): AsyncIterable<TextRecord>;
  scan?(): AsyncIterable<TextRecord | TuwenError>;
  pair(index: number): Promise<Pair>;
  /** Where the pairs are stored as such; otherwise they follow from the texts. */
  pairs?(): AsyncIterable<Pair>;
  close(): Promise<void>;
}
