/** What is evaluated, wherever it comes from. */
import type { ImageInput } from '../../clip/index.ts';
import type { HashedFile } from '../../data/index.ts';
import type { Id } from '../files/id.ts';

export type { HashedFile } from '../../data/index.ts';

export interface SetPicture {
  readonly id: Id;
  /** The picture, decoded or not; called when its turn comes. */
  readonly input: () => Promise<ImageInput>;
  /** How messages name it: a path, or a file with its line or key. */
  readonly source: string;
}

export interface SetText {
  readonly id: Id;
  readonly text: string;
  /** The pictures that fit it. */
  readonly imageIds: readonly Id[];
  /** How messages name it. */
  readonly path: string;
  readonly line?: number;
  /** Everything else that is known of it. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Pictures and texts that belong together. */
export interface RetrievalSet {
  /** As reports name it. */
  readonly name: string;
  readonly path: string;
  readonly split: string;
  readonly files: readonly HashedFile[];
  /** How many pictures there are, where that is known. */
  readonly pictureCount?: number;
  pictures(): AsyncIterable<SetPicture>;
  texts(): AsyncIterable<SetText>;
}
