import { inChinese } from './phrases.ts';
import { row } from './row.ts';

/** Files. */
export const FILES = {
  TUWEN_FILE_MISSING: row<{ path: string }>(
    [(v) => `no such file or folder: ${v.path}`, () => 'Check the path.'],
    [(v) => `找不到文件或文件夹：${v.path}`, () => '请检查路径。'],
  ),
  TUWEN_FILE_UNREADABLE: row<{ path: string; reason: string }>(
    [
      (v) => `cannot read ${v.path}: ${v.reason}`,
      () => 'Check that the file is whole and that you may read it.',
    ],
    [(v) => `无法读取 ${v.path}：${inChinese(v.reason)}`, () => '请确认文件完整且有读取权限。'],
  ),
  TUWEN_FILE_UNWRITABLE: row<{ path: string; reason: string }>(
    [
      (v) => `cannot write ${v.path}: ${v.reason}`,
      () => 'Check that the folder exists, that you may write there and that the disk is not full.',
    ],
    [(v) => `无法写入 ${v.path}：${v.reason}`, () => '请确认文件夹存在、有写入权限且磁盘未满。'],
  ),
  TUWEN_LOCKED: row<{ path: string; pid: number }>(
    [
      (v) => `another process (${v.pid}) is at work here: ${v.path}`,
      () => 'Wait until it has ended, or end it, then try again.',
    ],
    [(v) => `另一个进程（${v.pid}）正在使用：${v.path}`, () => '请等它结束，或先将其结束，然后重试。'],
  ),
} as const;
