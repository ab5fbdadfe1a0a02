import type { CommanderError } from '@commander-js/extra-typings';
import { type Texts, texts } from './texts/index.ts';

/** The command was used wrongly; the message says how, in the process's language. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Sentence = Exclude<keyof Texts['usage'], 'didYouMean' | 'oneOf' | 'wholeNumber' | 'port'>;

/** What commander's own messages tell, by its codes: the parts that go into our sentence. */
const PATTERNS: Readonly<Record<Sentence, RegExp>> = {
  missingArgument: /argument '(.+)'/,
  optionMissingArgument: /option '(.+)' argument missing/,
  missingMandatoryOptionValue: /option '(.+)' not/,
  conflictingOption: /'(.+)' cannot be used with .*?'(.+)'/,
  unknownOption: /option '([^']*)'/,
  unknownCommand: /command '([^']*)'/,
  excessArguments: /Expected (\d+) \w+ but got (\d+)/,
  invalidArgument: /option '(.+?)' argument '(.*)' is invalid\. (.*)/s,
};

/** A usage error of commander in the process's language; undefined where it only ends the program, as after --help. */
export function usageMessage({ code, message }: CommanderError): string | undefined {
  const kind = code.replace('commander.', '') as Sentence;
  const pattern = PATTERNS[kind];
  if (pattern === undefined) return undefined;
  const { usage } = texts();
  const parts = (pattern.exec(message)?.slice(1) ?? [message, '', '']).map(withoutFullStop);
  const reason = parts[2]?.replace(/^Allowed choices are (.*)$/s, (_, list: string) => usage.oneOf(list));
  const sentence = (usage[kind] as (...parts: string[]) => string)(parts[0]!, parts[1] ?? '', reason ?? '');
  const similar = /\(Did you mean (?:one of )?(.*?)\?\)/.exec(message)?.[1];
  return similar === undefined ? sentence : usage.didYouMean(sentence, similar);
}

function withoutFullStop(text: string): string {
  return text.replace(/\.$/, '');
}
