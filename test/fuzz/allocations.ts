/** Hears of every array that is asked for by its length, whether or not its memory is ever touched. */

const KINDS = [
  'ArrayBuffer',
  'Uint8Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
] as const;

let largest = 0;

/** Watches from now on, in this thread. */
export function watchAllocations(): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const kind of KINDS) {
    const original = scope[kind] as new (...args: unknown[]) => object;
    const width = (original as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    scope[kind] = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') largest = Math.max(largest, args[0] * width);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
}

/** The most bytes that one array took since this was last asked. */
export function largestAllocation(): number {
  const bytes = largest;
  largest = 0;
  return bytes;
}
