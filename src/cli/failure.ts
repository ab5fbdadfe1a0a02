/** How commands end. */
import { CommanderError } from '@commander-js/extra-typings';
import { TuwenError } from '../base/index.ts';
import { say } from './output.ts';
import { styleFor } from './terminal.ts';
import { texts } from './texts/index.ts';
import { UsageError, usageMessage } from './usage.ts';

export const EXIT = { failed: 1, usage: 2 } as const;

/** What the user must say otherwise, and nothing else can mend. */
const WRONG_USE: ReadonlySet<string> = new Set([
  'TUWEN_MODEL_NOT_CHOSEN',
  'TUWEN_BAD_ARGUMENT',
  'TUWEN_WHERE_INVALID',
  'TUWEN_QUERY_EMPTY',
  'TUWEN_SETTING_UNKNOWN',
  'TUWEN_SETTING_INVALID',
]);

/** An error in words: what happened, its code, and what to do next. */
export function describe({ message, code, remedy }: TuwenError): string {
  const { errors } = texts();
  const style = styleFor(process.stderr);
  return `${style.bad(spaced(errors.title))}${message}${style.dim(errors.code(code))}\n  ${remedy}`;
}

/** Says on standard error why a command ended, and returns its exit code. */
export function explain(error: unknown, command: string): number {
  const { errors } = texts();
  const style = styleFor(process.stderr);
  const message = error instanceof CommanderError ? usageMessage(error) : undefined;
  if (error instanceof UsageError || message !== undefined) {
    say(style.bad(spaced(errors.title)) + (message ?? (error as UsageError).message));
    say(`  ${errors.seeHelp(command)}`);
    return EXIT.usage;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof TuwenError) {
    say(describe(error));
    return WRONG_USE.has(error.code) ? EXIT.usage : EXIT.failed;
  }
  say(`${style.bad(errors.unexpected)} ${error instanceof Error ? error.stack : error}`);
  return EXIT.failed;
}

/** A colon of the Latin script is followed by a space, one of the Chinese is not. */
function spaced(title: string): string {
  return title.endsWith(':') ? `${title} ` : title;
}
