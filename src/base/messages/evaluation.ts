import { EVALUATION_FAULTS, type EvaluationFault } from './evaluation-faults.ts';
import { row, show } from './row.ts';

export interface FileValue {
  path: string;
  fault: EvaluationFault;
  /** From 1. */
  line?: number;
  /** What was found, or what is missing. */
  got?: unknown;
}

const got = (v: FileValue, separator: string) => ('got' in v ? separator + show(v.got) : '');

/** Evaluation. */
export const EVALUATION = {
  TUWEN_EVALUATION_FILE_INVALID: row<FileValue>(
    [
      (v) =>
        `${v.path}${v.line === undefined ? '' : `, line ${v.line}`}: ${EVALUATION_FAULTS[v.fault].en}${got(v, ': ')}`,
      () => 'Mend the file at this place, or write it again.',
    ],
    [
      (v) =>
        `${v.path}${v.line === undefined ? '' : ` 第 ${v.line} 行`}：${EVALUATION_FAULTS[v.fault].zh}${got(v, '：')}`,
      () => '请修正文件的这个位置，或重新生成该文件。',
    ],
  ),
  TUWEN_EVALUATION_PICTURES_UNREADABLE: row<{ path: string; count: number; sources: readonly string[] }>(
    [
      (v) => `${v.count} pictures of ${v.path} cannot be read: ${v.sources.join(', ')}`,
      () => 'Mend or remove them, or evaluate without them: --skip-unreadable.',
    ],
    [
      (v) => `${v.path} 中有 ${v.count} 张图片无法读取：${v.sources.join('、')}`,
      () => '请修复或删除这些图片；或加 --skip-unreadable，略过它们进行评测。',
    ],
  ),
} as const;
