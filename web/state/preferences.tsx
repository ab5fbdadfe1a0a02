/** Language and colours, as the browser has them until the user says otherwise. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { type Language, TEXTS, type Texts } from '../texts/index.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

interface Preferences {
  readonly language: Language;
  readonly texts: Texts;
  readonly theme: Theme;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

const Context = createContext<Preferences | undefined>(undefined);

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useKept<Language>('tuwen:language', ['zh', 'en'], preferredLanguage());
  const [theme, setTheme] = useKept<Theme>('tuwen:theme', THEMES, 'auto');
  const texts = TEXTS[language];
  // At once, and not after the first paint: requests name the language of the document.
  document.documentElement.lang = texts.lang;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.title = texts.title;
  }, [theme, texts]);
  return <Context value={{ language, texts, theme, setLanguage, setTheme }}>{children}</Context>;
}

export function usePreferences(): Preferences {
  return useContext(Context)!;
}

export function useTexts(): Texts {
  return usePreferences().texts;
}

function preferredLanguage(): Language {
  return /^zh\b/i.test(navigator.language) ? 'zh' : 'en';
}

/** A choice among `choices` that is remembered on this machine, where the browser lets it. */
function useKept<T extends string>(name: string, choices: readonly T[], usual: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => choices.find((choice) => choice === kept(name)) ?? usual);
  const set = (next: T) => {
    setValue(next);
    keep(name, next);
  };
  return [value, set];
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing still shows what was chosen.
  }
}
