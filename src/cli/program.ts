import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { version } from '../base/index.ts';
import { classifyCommand } from './commands/classify.ts';
import { dataCommand } from './commands/data/index.ts';
import { demoCommand } from './commands/demo.ts';
import { duplicatesCommand } from './commands/duplicates.ts';
import { embedCommand } from './commands/embed.ts';
import { evaluateCommand } from './commands/evaluate/index.ts';
import { indexCommand } from './commands/index-folders.ts';
import { matchCommand } from './commands/match.ts';
import { modelCommand } from './commands/model/index.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { trainCommand } from './commands/train.ts';
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
  const commands = [
    demoCommand(signal),
    matchCommand(signal),
    classifyCommand(signal),
    embedCommand(signal),
    dataCommand(signal),
    evaluateCommand(signal),
    indexCommand(signal),
    searchCommand(signal),
    duplicatesCommand(signal),
    modelCommand(signal),
    serveCommand(signal),
    trainCommand(signal),
  ];
  for (const command of commands) adopt(program, command);
  return program;
}

/** Adds a command, and gives it and those below it the settings of the program. */
function adopt(parent: CommandUnknownOpts, command: CommandUnknownOpts): void {
  const { program: words } = texts();
  command.copyInheritedSettings(parent).helpOption('-h, --help', words.help);
  for (const below of command.commands)
    below.copyInheritedSettings(command).helpOption('-h, --help', words.help);
  if (command.commands.length > 0) command.helpCommand('help [command]', words.helpCommand);
  parent.addCommand(command);
}

/** The command that arguments name, as it is called: `tuwen model inspect`. */
export function commandIn(command: CommandUnknownOpts, args: readonly string[]): string {
  const below = command.commands.find((each) => args.includes(each.name()));
  return [command.name(), ...(below ? [commandIn(below, args)] : [])].join(' ');
}
