import { row } from './row.ts';

/** Training. */
export const TRAINING = {
  TUWEN_NOT_A_CHECKPOINT: row<{ path: string }>(
    [
      (v) => `${v.path} is not a training checkpoint of this model`,
      () => 'Name a checkpoint that a run of the same model wrote, or start anew.',
    ],
    [(v) => `${v.path} 不是该模型的训练检查点`, () => '请指定同一模型训练时写出的检查点，或重新开始。'],
  ),
  TUWEN_TRAINING_DIVERGED: row<{ step: number; loss: number }>(
    [
      (v) => `training diverged: the loss is ${v.loss} at step ${v.step}`,
      () => 'Go on from the last checkpoint with a lower learning rate, a longer warm-up or a larger batch.',
    ],
    [
      (v) => `训练发散：第 ${v.step} 步的损失为 ${v.loss}`,
      () => '请从上一个检查点继续，并降低学习率、延长预热或增大批量。',
    ],
  ),
} as const;
