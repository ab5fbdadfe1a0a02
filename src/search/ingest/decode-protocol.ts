/** What the threads that decode pictures are told, and what they say. */
import type { ErrorCode } from '../../base/index.ts';
import type { ClipInfo } from '../../clip/index.ts';

/** Read a file; then, once its hash is known, decode what was read or leave it. */
export type Order =
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'decode'; readonly pixels: ClipInfo['pixels'] }
  | { readonly kind: 'leave' };

/** A picture as the model takes it, but for its numbers: size × size × 3 bytes. */
export interface Prepared {
  readonly width: number;
  readonly height: number;
  readonly taken?: string;
  readonly square: { readonly data: Uint8Array; readonly size: number };
}

export type Answer =
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'picture'; readonly picture: Prepared }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode | undefined;
      readonly value: object;
      readonly message: string;
    };
