/** Settings of a training run as flags: generated from their table. */
import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { language } from '../../base/index.ts';
import { type GivenSettings, SETTING_NAMES, SETTINGS, type SettingName } from '../../train/index.ts';

/** A flag for every setting; one that is on by itself is a `--no-…`. */
export function settingOptions(): Option[] {
  return SETTING_NAMES.map((name) => {
    const { type, [language()]: about } = SETTINGS[name];
    if (isSwitch(name)) return new Option(defaultOf(name) === true ? `--no-${name}` : `--${name}`, about);
    const initial = defaultOf(name);
    const shown = initial === undefined ? about : `${about} (${initial})`;
    return new Option(`--${name} <${type.safeParse('x').success ? 'value' : 'n'}>`, shown);
  });
}

/** The settings that the command line gives. */
export function settingsGiven(command: CommandUnknownOpts): GivenSettings {
  const values = command.opts() as Readonly<Record<string, unknown>>;
  const given: Record<string, unknown> = {};
  for (const option of command.options) {
    const name = option.long!.replace(/^--(no-)?/, '') as SettingName;
    const key = option.attributeName();
    if (!(name in SETTINGS) || command.getOptionValueSource(key) !== 'cli') continue;
    given[name] = typeof values[key] === 'string' ? parsed(name, values[key]) : values[key];
  }
  return given;
}

/** A number where the setting is one; what is none is left for the check of settings to refuse. */
function parsed(name: SettingName, text: string): unknown {
  const isText = SETTINGS[name].type.safeParse('x').success;
  const number = Number(text);
  return isText || text.trim() === '' || Number.isNaN(number) ? text : number;
}

function isSwitch(name: SettingName): boolean {
  return SETTINGS[name].type.safeParse(true).success;
}

function defaultOf(name: SettingName): unknown {
  const { data, success } = SETTINGS[name].type.safeParse(undefined);
  return success ? data : undefined;
}
