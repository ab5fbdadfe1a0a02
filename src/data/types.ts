/** What an image–text data set is, in whatever form it is stored. */

import type { TuwenError } from '../base/index.ts';

/** How a data set is stored. */
export type Form = 'tsv' | 'lmdb' | 'folder' | 'webdataset' | 'parquet';

/** What names a picture or a text: a whole number, as the official data sets have it, or a string. */
export type Id = number | bigint | string;

/**
 * In which order pictures come: as they are stored (`file`), or by the bytes of their ids as decimal text (`key`: 10
 * before 2), in which the official evaluation reads them.
 */
export type PictureOrder = 'file' | 'key';

/** An encoded picture of a data set. */
export interface Picture {
  readonly id: Id;
  /** How messages name it: its file with its line, its key or its place. */
  readonly source: string;
  /** The file that holds it, and its line there, counted from 1, where the form has lines. */
  readonly path: string;
  readonly line?: number;
  /** The picture file's bytes. Throws TUWEN_DATA_INVALID where they are stored in base64 that is not whole. */
  bytes(): Promise<Uint8Array>;
  /** The same in base64, exactly as it is stored where it is stored so. */
  base64(): Promise<Uint8Array>;
}

/** A text of a data set, with the pictures it describes. */
export interface TextRecord {
  readonly id: Id;
  /** As it is stored: `cleanCaption` makes of it what the official data sets do. */
  readonly text: string;
  readonly imageIds: readonly Id[];
  /** Everything else that is known of it. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: string;
  /** Its line there, counted from 1, where the form has lines. */
  readonly line?: number;
  /** Its line as it is stored, where that is a line of annotations. */
  readonly json?: string;
}

/** A training example: a text and one of its pictures. */
export interface Pair {
  readonly imageId: Id;
  readonly textId: Id;
  readonly text: string;
}

export interface Counts {
  readonly pictures: number;
  readonly texts: number;
  readonly pairs: number;
}

/** A file whose content decides what a data set says; pictures are not hashed. */
export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * One split of a data set. Everything is read when it is asked for, with bounded memory; random access keeps an index
 * of about a hundred bytes a picture or text, made at its first use where the form has none.
 */
export interface DataSet extends AsyncDisposable {
  /** The last part of its path. */
  readonly name: string;
  readonly path: string;
  readonly form: Form;
  readonly split: string;
  /** Reads as much as it must to count. */
  counts(): Promise<Counts>;
  /** The annotation files, hashed. */
  hashes(): Promise<HashedFile[]>;
  /** Every picture once, `file` order unless told. Throws TUWEN_DATA_INVALID where an id occurs twice (in `key` order). */
  pictures(order?: PictureOrder): AsyncIterable<Picture>;
  /** A picture by its id; undefined where there is none. */
  picture(id: Id): Promise<Picture | undefined>;
  texts(): AsyncIterable<TextRecord>;
  /**
   * Every picture and every text, in file order, but an error in the place of a record that is wrong, and before one whose
   * line ends with CR LF. A file that cannot be read on ends with its error.
   */
  scanPictures(): AsyncIterable<Picture | TuwenError>;
  scanTexts(): AsyncIterable<TextRecord | TuwenError>;
  /** Every text with each of its pictures, in the order of the texts: one training example each. */
  pairs(): AsyncIterable<Pair>;
  /** The pair at a place of `pairs()`. Throws TUWEN_BAD_ARGUMENT beyond the last. */
  pair(index: number): Promise<Pair>;
  close(): Promise<void>;
}
