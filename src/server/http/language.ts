import { type Language, language } from '../../base/index.ts';

/** The language a caller reads: the first of Chinese and English in its Accept-Language, else the process's. */
export function languageOf(acceptLanguage: string | null | undefined): Language {
  const first = /\b(zh|en)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase();
  return (first as Language | undefined) ?? language();
}
