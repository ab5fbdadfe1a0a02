/** What the page says, in both languages. */
import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

export type { Texts };

export const TEXTS = { en, zh };
export type Language = keyof typeof TEXTS;
