import { Command } from '@commander-js/extra-typings';
import { langOption } from '../../options.ts';
import { texts } from '../../texts/index.ts';
import { buildCommand } from './build.ts';
import { convertCommand } from './convert.ts';
import { inspectCommand } from './inspect.ts';

/** `tuwen data`: image–text data sets. */
export function dataCommand(signal: AbortSignal) {
  const group = new Command('data').description(texts().dataGroup.about).addOption(langOption());
  for (const command of [inspectCommand(signal), buildCommand(signal), convertCommand(signal)]) {
    group.addCommand(command);
  }
  return group;
}
