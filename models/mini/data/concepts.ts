import { createHash } from 'node:crypto';
import { readJson } from './files.ts';

/** The emojibase groups, by their numbers. */
export const GROUP = {
  smileys: 0,
  people: 1,
  component: 2,
  animals: 3,
  food: 4,
  travel: 5,
  activities: 6,
  objects: 7,
  symbols: 8,
  flags: 9,
} as const;

/** Groups of things that can be seen in a photograph. */
const CONCRETE_GROUPS: ReadonlySet<number> = new Set([
  GROUP.animals,
  GROUP.food,
  GROUP.travel,
  GROUP.activities,
  GROUP.objects,
]);

/** Groups whose drawings mean the same in a mirror. */
const MIRRORED_GROUPS: ReadonlySet<number> = new Set([GROUP.animals, GROUP.food, GROUP.objects]);

/**
 * Regions with a flag of their own that are not states of the United Nations (members or observers by name):
 * their captions say 旗, not 国旗.
 */
const NOT_COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AC AI AQ AS AW AX BL BM BQ BV CC CK CP CQ CW CX DG EA EH EU FK FO GF GG GI GL GP GS GU HK HM IC IM IO ' +
    'JE KY MF MO MP MQ MS NC NF NU PF PM PN PR PS RE SH SJ SX TA TC TF TK TW UM UN VG VI WF XK YT'
  ).split(' '),
);

/** One thing that pictures show and captions name. */
export interface Concept {
  /** Code points as emojibase writes them: upper case, joined by dashes. */
  hexcode: string;
  /** The caption: the Chinese label. */
  label: string;
  /** The label in traditional characters. */
  traditional: string;
  /** The English name, by which art packages file their drawings. */
  english: string;
  /** Chinese words associated with the concept: not synonyms. */
  tags: string[];
  group: number;
  /** Whether it is an animal, food, a place or vehicle, an activity or an object. */
  concrete: boolean;
  /** Whether no picture of it is trained on. */
  heldOut: boolean;
  /** How often it is drawn for training, relative to others. */
  weight: number;
  /** Whether its drawings may be mirrored. */
  mirrored: boolean;
}

interface Entry {
  hexcode: string;
  label: string;
  group?: number;
  tags?: string[];
}

/** All concepts with a Chinese label, in emojibase's order; the split is a function of the hexcodes alone. */
export async function loadConcepts(): Promise<Concept[]> {
  const [chinese, traditional, english] = await Promise.all([
    readEntries('zh'),
    readEntries('zh-hant').then(labelsOf),
    readEntries('en').then(labelsOf),
  ]);
  const named = chinese.filter(isNamed);
  const heldOut = heldOutOf(named);
  return named.map((entry) => {
    const label = caption(entry.label, entry.hexcode);
    return {
      hexcode: entry.hexcode,
      label,
      traditional: caption(traditional.get(entry.hexcode)!, entry.hexcode),
      english: english.get(entry.hexcode)!,
      tags: entry.tags ?? [],
      group: entry.group,
      concrete: CONCRETE_GROUPS.has(entry.group),
      heldOut: heldOut.has(entry.hexcode),
      weight: entry.group === GROUP.flags ? 0.4 : CONCRETE_GROUPS.has(entry.group) ? 1.5 : 1,
      mirrored: MIRRORED_GROUPS.has(entry.group) && !/[左右]/.test(label),
    };
  });
}

async function readEntries(language: string): Promise<Entry[]> {
  return readJson<Entry[]>(`node_modules/emojibase-data/${language}/data.json`);
}

function labelsOf(entries: Entry[]): Map<string, string> {
  return new Map(entries.map((entry) => [entry.hexcode, entry.label]));
}

/** Regional indicators have no group, skin tones and hair styles are components: neither is a concept. */
function isNamed(entry: Entry): entry is Entry & { group: number } {
  return entry.group !== undefined && entry.group !== GROUP.component;
}

/** Of each group but the flags, a tenth: the first by a hash of the hexcode. */
function heldOutOf(entries: (Entry & { group: number })[]): Set<string> {
  const heldOut = new Set<string>();
  for (const group of new Set(entries.map((entry) => entry.group))) {
    if (group === GROUP.flags) continue;
    const members = entries.filter((entry) => entry.group === group).map((entry) => entry.hexcode);
    const order = members.map((hexcode) => ({ hexcode, hash: sha256(hexcode).slice(0, 8) }));
    order.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    for (const { hexcode } of order.slice(0, Math.round(members.length / 10))) heldOut.add(hexcode);
  }
  return heldOut;
}

/** The lower-case hexadecimal SHA-256 of a string's UTF-8. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A label as people would write it: `旗: 中国` is 中国国旗, `男人: 红发` is `男人 红发`. */
function caption(label: string, hexcode: string): string {
  const flag = /^旗子?[:：]\s*(.+)$/.exec(label)?.[1];
  if (flag === undefined) return label.replace(/[:：]\s*/, ' ');
  const word = label.startsWith('旗子') ? ['國旗', '旗'] : ['国旗', '旗'];
  return flag + word[isCountry(hexcode) ? 0 : 1];
}

function isCountry(hexcode: string): boolean {
  const letters = hexcode.split('-').map((code) => Number.parseInt(code, 16) - 0x1f1e6);
  if (letters.some((letter) => letter < 0 || letter > 25)) return false;
  return !NOT_COUNTRIES.has(letters.map((letter) => String.fromCharCode(65 + letter)).join(''));
}
