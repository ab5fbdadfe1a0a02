/** What a measured process is asked on its standard input, one JSON object a line. Every request has one answer. */
export type Request =
  | { readonly kind: 'images'; readonly count: number; readonly seconds: number }
  | { readonly kind: 'texts'; readonly count: number; readonly tokens: number; readonly seconds: number }
  | {
      readonly kind: 'gemm';
      readonly m: number;
      readonly k: number;
      readonly n: number;
      readonly seconds: number;
    }
  /** The vectors of the first picture and of the first text of 12 tokens, to see that all engines do the same work. */
  | { readonly kind: 'vectors' }
  /** Training steps; answered with the mean time of one. */
  | { readonly kind: 'steps'; readonly count: number };

/** Seconds of one call: the mean over as many calls as fill the time asked for, after one that does not count. */
export interface Timing {
  readonly seconds: number;
  /** The loss of the last step, where steps were asked for. */
  readonly loss?: number;
}

export interface Vectors {
  readonly image: readonly number[];
  readonly text: readonly number[];
}

export type Answer<R extends Request> = R extends { kind: 'vectors' } ? Vectors : Timing;

/** What a process says unasked: that it has loaded its model, or (started `cold`) made its first vector. */
export interface Notice {
  readonly notice: 'ready' | 'first-vector' | 'both-vectors';
}
