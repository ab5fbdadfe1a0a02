/** The optimiser's arithmetic in WebAssembly, four numbers at a time. */

/** `adamw.wat`, assembled; a test holds the two together. */
export const MODULE =
  'AGFzbQEAAAABEAFgDH9/f39/fX19fX19fQACFAEIdHJhaW5pbmcGbWVtb3J5AgABAwIBAAcJAQVhZGFtdwAACsgBAcUBAgF/' +
  'A3sgACAEQQJ0aiEMAkADQCAAIAxPDQEgAf0ABAAhDSAC/QAEACEOIA4gCP0TIA0gDv3lAf3mAf3kASEOIAn9EyAD/QAEAP3m' +
  'ASAK/RMgDSAN/eYB/eYB/eQBIQ8gAiAO/QsEACADIA/9CwQAIAAgBf0TIAD9AAQA/eYBIAb9EyAO/eYBIA/94wEgB/0T/eYB' +
  'IAv9E/3kAf3nAf3lAf0LBAAgAEEQaiEAIAFBEGohASACQRBqIQIgA0EQaiEDDAALCws=';

/** The numbers of one update that are the same for all weights of a tensor. */
export interface Update {
  /** What decay leaves of a weight. */
  readonly keep: number;
  /** Learning rate / (1 − β₁ᵗ). */
  readonly stepSize: number;
  /** 1 / √(1 − β₂ᵗ). */
  readonly correction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

type Kernel = (...offsetsAndNumbers: number[]) => void;

/** How many numbers of each array are worked on at a time: four such parts fit a processor's cache. */
const WINDOW = 8192;
const WINDOW_BYTES = WINDOW * Float32Array.BYTES_PER_ELEMENT;

let prepared: { run: Kernel; windows: readonly Float32Array[] } | undefined;

/** The kernel and its memory: one window for each of the four arrays. */
function prepare() {
  if (prepared) return prepared;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * WINDOW_BYTES) / 65_536) });
  const bytes = Uint8Array.from(atob(MODULE), (character) => character.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { training: { memory } });
  const windows = [0, 1, 2, 3].map((i) => new Float32Array(memory.buffer, i * WINDOW_BYTES, WINDOW));
  prepared = { run: exports.adamw as Kernel, windows };
  return prepared;
}

/** Moves one tensor's weights and moments, in place; all arrays have the same length. */
export function updateWeights(
  weight: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  { keep, stepSize, correction, beta1, beta2, epsilon }: Update,
): void {
  const { run, windows } = prepare();
  const arrays = [weight, gradient, first, second];
  for (let start = 0; start < weight.length; start += WINDOW) {
    const end = Math.min(start + WINDOW, weight.length);
    const count = Math.ceil((end - start) / 4) * 4;
    arrays.forEach((array, i) => {
      windows[i]!.set(array.subarray(start, end));
    });
    const numbers = [keep, stepSize, correction, 1 - beta1, beta2, 1 - beta2, epsilon];
    run(0, WINDOW_BYTES, 2 * WINDOW_BYTES, 3 * WINDOW_BYTES, count, ...numbers);
    for (const i of [0, 2, 3]) arrays[i]!.set(windows[i]!.subarray(0, end - start), start);
  }
}
