/** Options that several commands have. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Device, Precision } from '../clip/index.ts';
import { texts } from './texts/index.ts';

export interface ModelOptions {
  readonly model?: string | undefined;
  readonly precision?: Precision | undefined;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
}

const PRECISIONS = ['fp32', 'fp16', 'int8'] as const satisfies readonly Precision[];
const DEVICES = ['cpu'] as const satisfies readonly Device[];
export const LANGUAGES = ['zh', 'en'] as const;

export const modelOption = () => new Option('--model <model>', texts().options.model);
export const precisionOption = () =>
  new Option('--precision <precision>', texts().options.precision).choices(PRECISIONS);
export const deviceOption = () => new Option('--device <device>', texts().options.device).choices(DEVICES);
export const threadsOption = () =>
  new Option('--threads <n>', texts().options.threads).argParser(wholeNumber);
export const langOption = () => new Option('--lang <lang>', texts().options.lang).choices(LANGUAGES);
export const jsonOption = () => new Option('--json', texts().options.json);

/** Reads the value of an option that is a whole number of at least 1. */
export function wholeNumber(value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw new InvalidArgumentError(texts().usage.wholeNumber);
}

/** The language that `--lang` names, wherever it stands: known before anything is said. */
export function languageOf(args: readonly string[]): (typeof LANGUAGES)[number] | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const named = options.flatMap((option, i) =>
    option === '--lang' ? [options[i + 1]] : option.startsWith('--lang=') ? [option.slice(7)] : [],
  );
  return LANGUAGES.find((known) => known === named.at(-1));
}

/** A port, 0 for any that is free. */
export function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) < 2 ** 16) return Number(value);
  throw new InvalidArgumentError(texts().usage.port);
}
