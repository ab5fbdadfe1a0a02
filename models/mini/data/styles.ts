import { readdir, readFile } from 'node:fs/promises';
import { type Concept, GROUP } from './concepts.ts';
import { readJson, recipePath } from './files.ts';

/** The Iconify sets trained on; those with `chars.json` name their icons by code points, and all share the naming. */
const ICONIFY_STYLES = [
  'noto',
  'noto-v1',
  'fluent-emoji',
  'fluent-emoji-flat',
  'twemoji',
  'emojione',
  'fxemoji',
] as const;

/** The styles trained on, in the order of the sprite file. */
export const TRAINING_STYLES = [...ICONIFY_STYLES, 'fluent-emoji-3d'] as const;

/** The style no picture of which is trained on. */
export const UNSEEN_STYLE = 'openmoji';

export type StyleName = (typeof TRAINING_STYLES)[number] | typeof UNSEEN_STYLE;

/** A set of drawings: the file (SVG or WebP) that shows a concept, `undefined` where the set has none. */
export type Style = (concept: Concept) => Promise<Buffer | undefined>;

/** All styles by name. */
export async function loadStyles(): Promise<Map<StyleName, Style>> {
  const [names, unicodeNames] = await Promise.all([loadIconNames(), loadUnicodeNames()]);
  const styles = new Map<StyleName, Style>();
  for (const name of ICONIFY_STYLES) {
    const namesOf = name === 'fxemoji' ? squashedNames(unicodeNames) : names;
    styles.set(
      name,
      iconify(await readJson<IconSet>(`node_modules/@iconify-json/${name}/icons.json`), namesOf),
    );
  }
  const fluent3d = await folder('node_modules/@lobehub/fluent-emoji-3d/assets');
  // Who drew the flags of this package is not recorded, so they are left out.
  styles.set('fluent-emoji-3d', async (concept) => {
    return concept.group === GROUP.flags ? undefined : fluent3d(concept);
  });
  styles.set(UNSEEN_STYLE, await folder('node_modules/openmoji/color/svg'));
  return styles;
}

/** The code points without variation selectors, in lower case: equal for all spellings of one emoji. */
function codePoints(hexcode: string): string {
  return hexcode.toLowerCase().replaceAll('-fe0f', '');
}

/** A folder of files named by code points. */
async function folder(relative: string): Promise<Style> {
  const files = await readdir(recipePath(relative));
  const byCodePoints = new Map(files.map((file) => [codePoints(file.replace(/\.\w+$/, '')), file]));
  return async (concept) => {
    const file = byCodePoints.get(codePoints(concept.hexcode));
    return file === undefined ? undefined : readFile(recipePath(`${relative}/${file}`));
  };
}

/** An Iconify collection. Icons and the collection may state the view box; the collection's is the default. */
interface IconSet extends ViewBox {
  icons: Record<string, ViewBox & { body: string }>;
  aliases?: Record<string, { parent: string; hFlip?: boolean; rotate?: number }>;
}

interface ViewBox {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
}

type NamesOf = (concept: Concept) => string[];

function iconify(set: IconSet, namesOf: NamesOf): Style {
  return async (concept) => {
    for (const name of namesOf(concept)) {
      const alias = set.aliases?.[name];
      const transformed = alias?.hFlip !== undefined || alias?.rotate !== undefined;
      const icon = transformed ? undefined : set.icons[alias?.parent ?? name];
      if (icon === undefined) continue;
      const { left = 0, top = 0, width = 16, height = 16, body } = { ...set, ...icon };
      return Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
          `viewBox="${left} ${top} ${width} ${height}" width="96" height="96">${body}</svg>`,
      );
    }
    return undefined;
  };
}

/** Iconify's names of a concept, by its code points. EmojiOne files flags as `flag-for-…`. */
async function loadIconNames(): Promise<NamesOf> {
  const names = new Map<string, Set<string>>();
  for (const set of ['noto', 'twemoji', 'fluent-emoji-flat']) {
    const byCodePoints = await readJson<Record<string, string>>(
      `node_modules/@iconify-json/${set}/chars.json`,
    );
    for (const [key, name] of Object.entries(byCodePoints)) {
      const known = names.get(codePoints(key)) ?? new Set();
      names.set(codePoints(key), known.add(name).add(name.replace(/^flag-/, 'flag-for-')));
    }
  }
  return (concept) => [...(names.get(codePoints(concept.hexcode)) ?? [])];
}

/** The Unicode character names of single code points, by `codePoints`. */
async function loadUnicodeNames(): Promise<Map<string, string>> {
  const names = await readJson<Record<string, string>>('node_modules/emojibase-data/meta/unicode-names.json');
  return new Map(Object.entries(names).map(([key, name]) => [codePoints(key), name]));
}

/** FxEmoji drawings that show something else than their name says, or come out black or empty. */
const MISLEADING_FXEMOJI: ReadonlySet<string> = new Set([
  'boar',
  'construction',
  'fog',
  'keyboard',
  'personalcomputer',
  'sunglasses',
  'tramcar',
  'window',
]);

/** FxEmoji's names: the English label or the Unicode name, letters and digits only. */
function squashedNames(unicodeNames: Map<string, string>): NamesOf {
  return (concept) => {
    const names = [concept.english, unicodeNames.get(codePoints(concept.hexcode)) ?? ''];
    const squashed = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));
    return squashed.filter((name) => !MISLEADING_FXEMOJI.has(name));
  };
}
