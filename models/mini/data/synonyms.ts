import { type Concept, sha256 } from './concepts.ts';

/** How many synonyms the test asks. */
const TEST_SIZE = 120;

/** Another word for a concept, never used in a caption. */
export interface Synonym {
  text: string;
  /** The concept's position in the list of concepts. */
  concept: number;
}

/**
 * Tags that are in effect synonyms of one concrete trained concept: Han characters only, at least two, used by that
 * concept alone and in no other label, ending like the label without containing it. The first by hash are the test.
 */
export function synonymTest(concepts: readonly Concept[]): Synonym[] {
  const uses = new Map<string, number>();
  for (const tag of concepts.flatMap((concept) => [...new Set(concept.tags)])) {
    uses.set(tag, (uses.get(tag) ?? 0) + 1);
  }
  const synonyms: (Synonym & { hash: string })[] = [];
  for (const [position, concept] of concepts.entries()) {
    if (!concept.concrete || concept.heldOut) continue;
    for (const tag of new Set(concept.tags)) {
      const distinct = uses.get(tag) === 1 && !concepts.some(({ label }) => label.includes(tag));
      if (distinct && isSynonym(tag, concept.label)) {
        synonyms.push({ text: tag, concept: position, hash: sha256(tag) });
      }
    }
  }
  synonyms.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return synonyms.slice(0, TEST_SIZE).map(({ text, concept }) => ({ text, concept }));
}

function isSynonym(tag: string, label: string): boolean {
  return /^\p{Script=Han}{2,}$/u.test(tag) && tag.at(-1) === label.at(-1) && !tag.includes(label);
}
