import { row, show } from './row.ts';

/** Models. */
export const MODELS = {
  TUWEN_MODEL_NOT_CHOSEN: row<Record<string, never>>(
    [
      () => 'no model was named',
      () =>
        'Name one: the folder of a Chinese-CLIP checkpoint, or mini (shipped; drawings only); or set TUWEN_MODEL.',
    ],
    [
      () => '没有指定模型',
      () => '请指定模型：Chinese-CLIP 权重所在的文件夹，或 mini（自带，仅适合图画）；也可设置 TUWEN_MODEL。',
    ],
  ),
  TUWEN_MODEL_UNKNOWN: row<{ model: string }>(
    [
      (v) => `no model called ${show(v.model)}, and no such folder`,
      () => 'Give the path of a checkpoint folder, or mini.',
    ],
    [
      (v) => `没有名为 ${show(v.model)} 的模型，也没有这个文件夹`,
      () => '请给出权重文件夹的路径，或使用 mini。',
    ],
  ),
} as const;
