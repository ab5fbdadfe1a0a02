import type { ClipConfig } from './config.ts';
import type { Encoder } from './encoder.ts';
import type { Tokenizer } from './tokenizer/index.ts';
import type { ClipInfo } from './types.ts';

/** What a loaded model consists of. */
export interface ClipParts {
  readonly info: ClipInfo;
  readonly config: ClipConfig;
  readonly tokenizer: Tokenizer;
  readonly encoder: Encoder;
}
