/** Arrays that are used again at every step, so that a step allocates nothing of the model's size. */
export interface Buffers {
  /** The array of this name, with room for `length` numbers; its old content is lost where it must grow. */
  take(name: string, length: number): Float32Array<ArrayBuffer>;
}

export function createBuffers(): Buffers {
  const arrays = new Map<string, Float32Array<ArrayBuffer>>();
  return {
    take(name, length) {
      const known = arrays.get(name);
      if (known && known.length >= length) return known.subarray(0, length) as Float32Array<ArrayBuffer>;
      const made = new Float32Array(length);
      arrays.set(name, made);
      return made;
    },
  };
}
