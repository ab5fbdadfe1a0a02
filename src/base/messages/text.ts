import { row } from './row.ts';

/** Text. */
export const TEXT = {
  TUWEN_VOCABULARY_INVALID: row<{ reason: string }>(
    [
      (v) => `not a usable vocab.txt: ${v.reason}`,
      () => 'Use the vocab.txt that came with the model: one word a line, [PAD] first.',
    ],
    [
      (v) => `vocab.txt 无法使用：${v.reason}`,
      () => '请使用模型自带的 vocab.txt：每行一个词，[PAD] 在第一行。',
    ],
  ),
} as const;
