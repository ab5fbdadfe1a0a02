import { inChinese } from './phrases.ts';
import { at, row, show } from './row.ts';

/** What can be called off. */
export type Job = keyof typeof JOBS;

const JOBS = {
  run: { en: 'the run', zh: '运行' },
  reading: { en: 'reading', zh: '读取' },
  writing: { en: 'writing', zh: '写入' },
  training: { en: 'training', zh: '训练' },
  download: { en: 'the download', zh: '下载' },
  exporting: { en: 'the export', zh: '导出' },
} as const;

/** Jobs whose second run goes on where the first stopped. */
const GOES_ON: ReadonlySet<Job> = new Set(['training', 'download']);

/** Using the library. */
export const LIBRARY = {
  TUWEN_BAD_ARGUMENT: row<{ name: string; got: unknown; expected: string }>(
    [
      (v) => `${v.name}: got ${show(v.got)}, expected ${v.expected}`,
      (v) => `Pass ${v.expected} as ${v.name}.`,
    ],
    [
      (v) => `${v.name}：得到 ${show(v.got)}，应为 ${inChinese(v.expected)}`,
      (v) => `请把 ${v.name} 改为：${inChinese(v.expected)}。`,
    ],
  ),
  TUWEN_CANCELLED: row<{ job: Job; source?: string }>(
    [
      (v) => `${JOBS[v.job].en} was cancelled${at(v.source)}`,
      (v) => (GOES_ON.has(v.job) ? 'Run it again to go on.' : 'Run it again.'),
    ],
    [
      (v) => `${JOBS[v.job].zh}已取消${at(v.source)}`,
      (v) => (GOES_ON.has(v.job) ? '再次运行即可继续。' : '请再次运行。'),
    ],
  ),
  TUWEN_CLOSED: row<Record<string, never>>(
    [() => 'the model is closed', () => 'Load it again before using it.'],
    [() => '模型已关闭', () => '请重新加载后再使用。'],
  ),
} as const;
