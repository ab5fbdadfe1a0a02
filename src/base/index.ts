export { cancelled, throwIfAborted } from './cancel.ts';
export { isTuwenError, TuwenError } from './errors.ts';
export { fileError } from './file-error.ts';
export { home } from './home.ts';
export { type Language, language, setLanguage } from './locale.ts';
export { acquireLock, type Lock, type LockOptions } from './lock.ts';
export type { ErrorCode, ErrorValue, Job } from './messages/index.ts';
export { type OnProgress, type Progress, progressMeter } from './progress.ts';
export { openTemporaryFile, type TemporaryFile } from './temporary-file.ts';
