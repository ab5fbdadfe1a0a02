import { type ErrorValue, TuwenError } from '../../base/index.ts';

/** Makes the error for a fault of one file; `about` names the part of it that is wrong. */
export type LmdbFail = (fault: ErrorValue<'TUWEN_LMDB_INVALID'>['fault'], about?: string) => TuwenError;

export function lmdbFaults(path: string): LmdbFail {
  return (fault, about) =>
    new TuwenError('TUWEN_LMDB_INVALID', { path, fault, ...(about === undefined ? {} : { about }) });
}
