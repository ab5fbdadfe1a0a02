/** The two languages every message exists in. */
export type Language = 'zh' | 'en';

let chosen: Language | undefined;

/** Fixes the language of messages for this process; `undefined` returns to the environment's. */
export function setLanguage(language: Language | undefined): void {
  chosen = language;
}

/** The language of messages: the one set, else Chinese where the environment's locale is Chinese, else English. */
export function language(): Language {
  return chosen ?? (/^zh\b|^zh[_-]/i.test(environmentLocale()) ? 'zh' : 'en');
}

function environmentLocale(): string {
  if (typeof process !== 'undefined' && process.env) {
    const { LC_ALL, LC_MESSAGES, LANG } = process.env;
    const named = LC_ALL || LC_MESSAGES || LANG;
    if (named) return named;
  }
  return Intl.DateTimeFormat().resolvedOptions().locale;
}
