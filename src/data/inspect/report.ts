import type { Form, HashedFile, Id } from '../types.ts';
import type { FindingKind } from './findings.ts';

export interface PicturePreview {
  readonly id: Id;
  readonly source: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
}

export interface TextPreview {
  readonly id: Id;
  readonly text: string;
  readonly imageIds: readonly Id[];
}

/** How many pictures have a longer side from `from` on, in pixels, up to the next. */
export interface SizeBin {
  readonly from: number;
  readonly count: number;
}

export interface SplitInspection {
  readonly split: string;
  readonly pictures: {
    readonly count: number;
    readonly withoutTexts: number;
    /** How many were decoded. */
    readonly checked: number;
    readonly broken: number;
    readonly sizes: readonly SizeBin[];
    /** Width and height of the smallest and the largest by area. */
    readonly smallest?: readonly [number, number];
    readonly largest?: readonly [number, number];
    readonly preview: readonly PicturePreview[];
  };
  readonly texts: {
    readonly count: number;
    readonly withoutPictures: number;
    /** Wordings, as training reads them. */
    readonly distinct: number;
    /** Wordings that several texts have, the most frequent first. */
    readonly repeated: readonly { readonly text: string; readonly count: number }[];
    /** Texts longer than the context. */
    readonly cut: number;
    readonly cutExamples: readonly { readonly id: Id; readonly text: string; readonly tokens: number }[];
    readonly contextLength: number;
    readonly preview: readonly TextPreview[];
  };
  readonly pairs: {
    readonly count: number;
    readonly batch: number;
    /** Pictures and texts of different pairs in a batch that fit each other all the same, expected. */
    readonly falseNegatives: number;
  };
  readonly findings: readonly FindingKind[];
  readonly files: readonly HashedFile[];
}

export interface Inspection {
  readonly path: string;
  readonly form: Form;
  readonly splits: readonly SplitInspection[];
}
