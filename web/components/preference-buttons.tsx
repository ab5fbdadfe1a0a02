/** Buttons that change the page's colours and its language. */
import { THEMES, usePreferences } from '../state/preferences.tsx';
import { Icon } from './icon.tsx';

export function PreferenceButtons() {
  const { texts, language, setLanguage, theme, setTheme } = usePreferences();
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return (
    <>
      <button
        type="button"
        className="quiet"
        aria-label={texts.theme[theme]}
        title={texts.theme[theme]}
        onClick={() => setTheme(nextTheme)}
      >
        <Icon name={theme} />
      </button>
      <button
        type="button"
        className="quiet"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        title={texts.languageTo}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {texts.language}
      </button>
    </>
  );
}
