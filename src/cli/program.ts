import { Command } from '@commander-js/extra-typings';
import { version } from '../base/index.ts';
import { classifyCommand } from './commands/classify.ts';
import { demoCommand } from './commands/demo.ts';
import { embedCommand } from './commands/embed.ts';
import { matchCommand } from './commands/match.ts';
import { helpConfiguration } from './help.ts';
import { langOption } from './options.ts';
import { texts } from './texts/index.ts';

/** The program with all its commands, in the language of the process; commander's errors are thrown, not printed. */
export function createProgram(signal: AbortSignal) {
  const { program: words } = texts();
  const program = new Command('tuwen')
    .description(words.about)
    .version(version(), '-V, --version', words.version)
    .helpOption('-h, --help', words.help)
    .helpCommand('help [command]', words.helpCommand)
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .configureHelp(helpConfiguration())
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  const commands = [demoCommand(signal), matchCommand(signal), classifyCommand(signal), embedCommand(signal)];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program).helpOption('-h, --help', words.help));
  }
  return program;
}
