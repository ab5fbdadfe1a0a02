import { elements, readSafetensors } from '../../../src/weights/index.ts';
import { recipePath } from '../data/files.ts';
import type { Vectors } from '../data/metrics.ts';

/** The teacher's unit vectors of the texts, in their order: bytes times a scale per row. */
export async function loadTargets(): Promise<Vectors> {
  const tensors = await readSafetensors(recipePath('teacher/targets.safetensors'));
  const bytes = elements(tensors.get('target')!) as Int8Array;
  const scales = elements(tensors.get('scale')!) as Float32Array;
  const length = bytes.length / scales.length;
  return { data: Float32Array.from(bytes, (byte, i) => byte * scales[Math.floor(i / length)]!), length };
}
