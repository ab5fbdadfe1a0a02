import { Command } from '@commander-js/extra-typings';
import { texts } from '../../texts/index.ts';
import { predictionsCommand } from './predictions.ts';
import { retrievalCommand } from './retrieval.ts';
import { zeroShotCommand } from './zeroshot.ts';

export function evaluateCommand(signal: AbortSignal) {
  const group = new Command('evaluate').description(texts().evaluate.about);
  for (const command of [retrievalCommand(signal), zeroShotCommand(signal), predictionsCommand()]) {
    group.addCommand(command);
  }
  return group;
}
