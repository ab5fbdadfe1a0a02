import { Command } from '@commander-js/extra-typings';
import { texts } from '../../texts/index.ts';
import { exportCommand } from './export.ts';

export function modelCommand(signal: AbortSignal) {
  const group = new Command('model').description(texts().modelGroup.about);
  for (const command of [exportCommand(signal)]) group.addCommand(command);
  return group;
}
