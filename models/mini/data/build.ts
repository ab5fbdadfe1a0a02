/** Builds everything training needs: `npm run data`, a few minutes. The teacher's targets come after, see `teacher/`. */
import assert from 'node:assert/strict';
import type { Progress } from '../../../src/base/index.ts';
import { loadConcepts } from './concepts.ts';
import { writeJson } from './files.ts';
import { buildSprites } from './sprites.ts';
import { loadStyles, UNSEEN_STYLE } from './styles.ts';
import { loadTexts } from './texts.ts';

const concepts = await loadConcepts();
const heldOut = concepts.filter((concept) => concept.heldOut);
assert.equal(concepts.length, 1914);
assert.equal(heldOut.length, 165);
assert.equal(heldOut.filter((concept) => concept.concrete).length, 87);

const texts = await loadTexts(concepts);
await writeJson('build/texts.json', texts);
console.log(`${texts.length} texts`);

const styles = await loadStyles();
const unseen = new Map([[UNSEEN_STYLE, styles.get(UNSEEN_STYLE)!]] as const);
styles.delete(UNSEEN_STYLE);
const trained = concepts.filter((concept) => !concept.heldOut);

const sprites = await buildSprites('sprites', trained, styles, report);
const shown = new Set(sprites.map((sprite) => sprite.hexcode));
console.log(`\n${sprites.length} training sprites of ${shown.size} concepts`);
for (const style of styles.keys()) {
  console.log(`  ${style}: ${sprites.filter((sprite) => sprite.style === style).length}`);
}
const tests = await buildSprites('openmoji', concepts, unseen, report);
console.log(`\n${tests.length} test pictures`);

function report({ done, total, rate, secondsLeft = 0 }: Progress): void {
  process.stdout.write(
    `\r${done}/${total} drawings, ${rate.toFixed(0)}/s, ${secondsLeft.toFixed(0)} s left  `,
  );
}
