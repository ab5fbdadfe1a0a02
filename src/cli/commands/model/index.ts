import { Command } from '@commander-js/extra-typings';
import { langOption } from '../../options.ts';
import { texts } from '../../texts/index.ts';
import { convertCommand } from './convert.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';

/** `tuwen model`: what is done with models themselves. */
export function modelCommand(signal: AbortSignal) {
  const { modelGroup } = texts();
  const group = new Command('model').description(modelGroup.about).addOption(langOption());
  for (const command of [inspectCommand(signal), convertCommand(signal), exportCommand(signal)]) {
    group.addCommand(command);
  }
  return group;
}
