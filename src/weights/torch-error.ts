import { TuwenError } from '../base/index.ts';

type Fault = TuwenError<'TUWEN_TORCH_INVALID'>['value']['fault'];

/** Makes the error for a fault of one file; `about` names the part of it that is wrong. */
export type Fail = (fault: Fault, about?: string, cause?: unknown) => TuwenError;

/** The errors of a PyTorch file; `source` names it. */
export function torchErrors(source: string): Fail {
  return (fault, about, cause) =>
    new TuwenError(
      'TUWEN_TORCH_INVALID',
      { source, fault, ...(about === undefined ? {} : { about }) },
      { cause },
    );
}
