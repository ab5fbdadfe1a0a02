import { TuwenError } from './errors.ts';

/** The error for a file operation that failed: TUWEN_FILE_MISSING, or TUWEN_FILE_UNREADABLE with the reason. */
export function fileError(path: string, cause: unknown): TuwenError {
  if (cause instanceof TuwenError) return cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new TuwenError('TUWEN_FILE_MISSING', { path }, { cause });
  const reason = typeof code === 'string' ? code : String(cause);
  return new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason }, { cause });
}
