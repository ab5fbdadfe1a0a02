import { elements, readSafetensors } from '../../../src/weights/index.ts';
import { readJson, recipePath } from './files.ts';
import type { Vectors } from './metrics.ts';

/** What the text tower learns first: the teacher's unit vectors, one for each text. */
export interface Targets {
  texts: string[];
  vectors: Vectors;
}

/** The teacher's targets as they are kept with the recipe: rows of int8 with a scale each. */
export async function loadTargets(): Promise<Targets> {
  const texts = await readJson<string[]>('teacher/texts.json');
  const tensors = await readSafetensors(recipePath('teacher/targets.safetensors'));
  const rows = elements(tensors.get('target')!) as Int8Array;
  const scales = elements(tensors.get('scale')!) as Float32Array;
  const length = rows.length / scales.length;
  return {
    texts,
    vectors: { data: Float32Array.from(rows, (x, i) => x * scales[Math.floor(i / length)]!), length },
  };
}
