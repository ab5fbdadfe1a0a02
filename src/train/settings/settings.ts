import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { fileError, nearest, TuwenError } from '../../base/index.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './table.ts';

type Types = { readonly [K in SettingName]: (typeof SETTINGS)[K]['type'] };

const TYPES = Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].type])) as Types;
const Schema = z.object(TYPES);

/** Every setting with its value; those without a default may be absent. */
export type Settings = z.output<typeof Schema>;

/** What a file or the flags give. */
export type GivenSettings = Readonly<Record<string, unknown>>;

/** Settings of a run in stages: what each stage changes, in order. */
export interface StagedSettings {
  readonly stages: readonly Settings[];
}

/**
 * Reads a configuration file, YAML or JSON. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, and TUWEN_SETTING_INVALID
 * where it is no table of settings.
 */
export async function readSettings(path: string): Promise<GivenSettings> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileError(path, cause);
  });
  const found = parsed(path, text);
  if (found === null || found === undefined) return {};
  if (typeof found === 'object' && !Array.isArray(found)) return found as GivenSettings;
  throw invalid(path, '', found, 'key: value');
}

function parsed(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const place = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined;
    const at = place ? `${place.line}:${place.col} ` : '';
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: `${at}${String(cause)}` }, { cause });
  }
}

/**
 * The settings of every stage of a run: what `given` says, with defaults; for each entry of its `stages`, with that on
 * top. `source` is named in errors. Throws TUWEN_SETTING_UNKNOWN and TUWEN_SETTING_INVALID.
 */
export function resolveSettings(given: GivenSettings, source: string): StagedSettings {
  const { stages, ...common } = given;
  if (stages === undefined) return { stages: [checked(common, source)] };
  if (!Array.isArray(stages) || stages.length === 0) throw invalid(source, 'stages', stages, 'a list');
  return {
    stages: stages.map((stage: unknown, i) => {
      if (typeof stage !== 'object' || stage === null)
        throw invalid(source, `stages[${i}]`, stage, 'key: value');
      return checked({ ...common, ...stage }, `${source}, stages[${i}]`);
    }),
  };
}

function checked(given: GivenSettings, source: string): Settings {
  for (const key of Object.keys(given)) {
    if (!(key in SETTINGS))
      throw new TuwenError('TUWEN_SETTING_UNKNOWN', { source, key, nearest: nearest(key, SETTING_NAMES) });
  }
  const result = Schema.safeParse(given);
  if (result.success) {
    if (result.data['all-texts'] && !result.data['freeze-text'])
      throw invalid(source, 'all-texts', true, 'freeze-text: true');
    return result.data;
  }
  const { path, message } = result.error.issues[0]!;
  const key = String(path[0]);
  throw invalid(source, key, given[key], message);
}

function invalid(source: string, key: string, got: unknown, expected: string): TuwenError {
  return new TuwenError('TUWEN_SETTING_INVALID', { source, key, got, expected });
}
