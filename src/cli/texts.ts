/** Every sentence of the command line, in both languages. */
import { type Language, language } from '../base/index.ts';
import { en } from './texts-en.ts';
import { zh } from './texts-zh.ts';

/** The sentences of one language; what English has, every language must have. */
export type Texts = typeof en;

export const TEXTS: Readonly<Record<Language, Texts>> = { en, zh };

/** The sentences in the language of this process. */
export function texts(): Texts {
  return TEXTS[language()];
}
