import { inChinese } from './phrases.ts';
import { row, show } from './row.ts';

/** Training. */
export const TRAINING = {
  TUWEN_NOT_A_CHECKPOINT: row<{ path: string }>(
    [
      (v) => `${v.path} is not a training checkpoint of this model`,
      () =>
        'Name a checkpoint that a run of the same model wrote, take only its weights (--reset-optimizer), or start anew.',
    ],
    [
      (v) => `${v.path} 不是该模型的训练检查点`,
      () => '请指定同一模型训练时写出的检查点，或只取其权重（--reset-optimizer），或重新开始。',
    ],
  ),
  TUWEN_TRAINING_DIVERGED: row<{ step: number; loss: number; report?: string }>(
    [
      (v) =>
        `training diverged: the loss or a gradient is no number at step ${v.step} (loss ${v.loss})${v.report === undefined ? '' : `; the batch is in ${v.report}`}`,
      () => 'Go on from the last checkpoint with a lower learning rate, a longer warm-up or a larger batch.',
    ],
    [
      (v) =>
        `训练发散：第 ${v.step} 步的损失或梯度不是有限的数（损失 ${v.loss}）${v.report === undefined ? '' : `；该批数据见 ${v.report}`}`,
      () => '请从上一个检查点继续，并降低学习率、延长预热或增大批量。',
    ],
  ),
  TUWEN_SETTING_UNKNOWN: row<{ source: string; key: string; nearest?: string | undefined }>(
    [
      (v) => `${v.source}: there is no setting called ${show(v.key)}`,
      (v) =>
        v.nearest === undefined
          ? 'See tuwen train --help for all settings.'
          : `Did you mean ${v.nearest}? See tuwen train --help for all settings.`,
    ],
    [
      (v) => `${v.source}：没有名为 ${show(v.key)} 的设置`,
      (v) =>
        v.nearest === undefined
          ? '全部设置见 tuwen train --help。'
          : `是否想用 ${v.nearest}？全部设置见 tuwen train --help。`,
    ],
  ),
  TUWEN_SETTING_INVALID: row<{ source: string; key: string; got: unknown; expected: string }>(
    [
      (v) => `${v.source}: ${v.key} is ${show(v.got)}: ${v.expected}`,
      (v) =>
        `Correct ${v.key === '' ? 'the file' : v.key}; tuwen train --init-config writes a file with every setting.`,
    ],
    [
      (v) => `${v.source}：${v.key} 的值 ${show(v.got)} 不可用（${inChinese(v.expected)}）`,
      (v) =>
        `请更正${v.key === '' ? '该文件' : ` ${v.key}`}；tuwen train --init-config 会写出含全部设置的文件。`,
    ],
  ),
} as const;
