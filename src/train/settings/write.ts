import type { Language } from '../../base/index.ts';
import { GROUPS, type Group, SETTING_NAMES, SETTINGS, type SettingName } from './table.ts';

/** A configuration file with every setting, its default and what it does; those without a default are commented out. */
export function commentedSettings(language: Language): string {
  const groups = Object.keys(GROUPS) as Group[];
  return `${groups
    .map((group) => {
      const names = SETTING_NAMES.filter((name) => SETTINGS[name].group === group);
      return [`# ${GROUPS[group][language]}`, ...names.map((name) => commented(name, language))].join('\n\n');
    })
    .join('\n\n')}\n`;
}

function commented(name: SettingName, language: Language): string {
  const { type, [language]: about } = SETTINGS[name];
  const initial = type.safeParse(undefined);
  const isSet = initial.success && initial.data !== undefined;
  const line = isSet
    ? `${name}: ${JSON.stringify(initial.data)}`
    : `${name === 'train-data' ? '' : '# '}${name}:`;
  return `# ${about}\n${line}`;
}
