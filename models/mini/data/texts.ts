import { readFile } from 'node:fs/promises';
import type { Concept } from './concepts.ts';
import { readJson, recipePath } from './files.ts';

/** How many of the most frequent Chinese words the text teacher is asked about. */
const FREQUENT_WORDS = 28_600;

interface IconParkIcon {
  title: string;
  tag: string[];
}

/**
 * The strings the text tower learns from its teacher: labels, tags, IconPark's titles and tags, labels in
 * traditional characters, and frequent words that are none of these. Each once, in a fixed order.
 */
export async function loadTexts(concepts: readonly Concept[]): Promise<string[]> {
  const icons = await readJson<IconParkIcon[]>('node_modules/@icon-park/svg/icons.json');
  const texts = new Set(
    [
      concepts.map((concept) => concept.label),
      concepts.flatMap((concept) => concept.tags),
      icons.map((icon) => icon.title),
      icons.flatMap((icon) => icon.tag),
      concepts.map((concept) => concept.traditional),
    ]
      .flat()
      .map((text) => text.trim())
      .filter((text) => text !== ''),
  );
  const words = (await loadWords()).filter((word) => !texts.has(word));
  return [...texts, ...words.slice(0, FREQUENT_WORDS)];
}

/** The Han words of jieba's dictionary, the most frequent first. Its lines are `word frequency part-of-speech`. */
async function loadWords(): Promise<string[]> {
  const dictionary = await readFile(recipePath('node_modules/@node-rs/jieba/dict.txt'), 'utf8');
  const words = [];
  for (const line of dictionary.split('\n')) {
    const [word = '', frequency] = line.split(' ');
    if (/^\p{Script=Han}+$/u.test(word)) words.push({ word, frequency: Number(frequency) });
  }
  words.sort((a, b) => b.frequency - a.frequency || (a.word < b.word ? -1 : 1));
  return words.map(({ word }) => word);
}
