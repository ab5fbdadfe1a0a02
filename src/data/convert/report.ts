import type { ErrorCode } from '../../base/index.ts';
import type { Form } from '../types.ts';

/** What was left out: a picture that cannot be read, or the mention of one that is not there. */
export interface LeftOut {
  /** The file, with line or id. */
  readonly source: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface SplitReport {
  readonly split: string;
  readonly pictures: number;
  readonly texts: number;
  readonly pairs: number;
  readonly leftOut: readonly LeftOut[];
}

export interface ConvertReport {
  readonly input: string;
  readonly output: string;
  readonly from: Form;
  readonly to: Form;
  readonly splits: readonly SplitReport[];
}
