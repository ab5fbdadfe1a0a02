/** What TensorBoard shows of a run. */
import type { StepEvent, ValidationEvent } from './events.ts';

export function stepScalars(event: StepEvent): Record<string, number> {
  return {
    'train/loss': event.loss,
    'train/image_to_text': event.imageToText,
    'train/text_to_image': event.textToImage,
    'train/learning_rate': event.learningRate,
    'train/logit_scale': event.logitScale ?? 0,
    'train/loss_floor': event.lossFloor,
    'train/pairs_per_second': event.pairsPerSecond,
    ...(event.allTextsLoss === undefined ? {} : { 'train/all_texts_loss': event.allTextsLoss }),
    ...(event.distillation === undefined ? {} : { 'train/distillation': event.distillation }),
  };
}

export function validationScalars({
  loss,
  imageToText,
  textToImage,
  textRecall,
  imageRecall,
}: ValidationEvent) {
  return {
    'valid/loss': loss,
    'valid/image_to_text': imageToText,
    'valid/text_to_image': textToImage,
    ...recallScalars('valid/text_recall', textRecall),
    ...recallScalars('valid/image_recall', imageRecall),
  };
}

function recallScalars(name: string, { r1, r5, r10 }: ValidationEvent['textRecall']): Record<string, number> {
  return { [`${name}_1`]: r1, [`${name}_5`]: r5, [`${name}_10`]: r10 };
}
