import { type ErrorValue, TuwenError } from '../base/index.ts';

export type DataFault = ErrorValue<'TUWEN_DATA_INVALID'>;

/** The error of a file of a data set that is not what it should be. */
export function dataFault(
  path: string,
  fault: DataFault['fault'],
  { line, about, cause }: { line?: number | undefined; about?: string | undefined; cause?: unknown } = {},
): TuwenError<'TUWEN_DATA_INVALID'> {
  const value = {
    path,
    ...(line === undefined ? {} : { line }),
    fault,
    ...(about === undefined ? {} : { about }),
  };
  return new TuwenError('TUWEN_DATA_INVALID', value, cause === undefined ? undefined : { cause });
}
