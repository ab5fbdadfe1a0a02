import type { HelpConfiguration } from '@commander-js/extra-typings';
import { cells, styleFor, wrap } from './terminal.ts';
import { type Texts, texts } from './texts/index.ts';

/** Commander's help in the process's language, with Chinese characters as wide as they are. */
export function helpConfiguration(): HelpConfiguration {
  const { program } = texts();
  const headings: Readonly<Record<string, string>> = program.headings;
  const style = styleFor(process.stdout);
  return {
    styleTitle: (title) => style.bold(headings[title] ?? title),
    styleUsage: (usage) => translated(usage, program.words),
    styleSubcommandTerm: (term) => translated(term, program.words),
    optionDescription: ({ description, argChoices }) =>
      argChoices === undefined ? description : `${description} (${program.choices(argChoices.join(', '))})`,
    displayWidth: cells,
    boxWrap: wrap,
  };
}

function translated(text: string, words: Texts['program']['words']): string {
  return Object.entries(words).reduce((result, [english, word]) => result.replace(english, word), text);
}
