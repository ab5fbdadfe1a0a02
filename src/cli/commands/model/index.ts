import { Command } from '@commander-js/extra-typings';
import { langOption } from '../../options.ts';
import { texts } from '../../texts/index.ts';
import { checkCommand } from './check.ts';
import { convertCommand } from './convert.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';
import { listCommand } from './list.ts';
import { pullCommand } from './pull.ts';
import { useCommand } from './use.ts';

/** `tuwen model`: what is done with models themselves. */
export function modelCommand(signal: AbortSignal) {
  const { modelGroup } = texts();
  const group = new Command('model').description(modelGroup.about).addOption(langOption());
  const commands = [
    listCommand(),
    useCommand(signal),
    pullCommand(signal),
    inspectCommand(signal),
    convertCommand(signal),
    exportCommand(signal),
    checkCommand(signal),
  ];
  for (const command of commands) group.addCommand(command);
  return group;
}
