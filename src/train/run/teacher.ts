/** A model whose picture vectors the student follows. */
import { imageSegments, type PixelsConfig } from '../../clip/index.ts';
import type { EngineTensor, SessionOptions } from '../../engine/index.ts';
import { symbol } from '../../graph/index.ts';
import { openChain } from '../chain/chain.ts';
import { hashOf } from './hash.ts';
import { stored } from './start.ts';

export interface Teacher {
  /** Length of its vectors. */
  readonly dim: number;
  readonly pixels: PixelsConfig;
  /** Tells its image tower from others. */
  readonly hash: string;
  /** float32 [rows, 3, size, size] → vectors [rows, dim] as the tower gives them. */
  encode(pixels: EngineTensor): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Throws what `resolveModel` and `readModel` throw. */
export async function openTeacher(
  name: string,
  session: SessionOptions,
  signal?: AbortSignal,
): Promise<Teacher> {
  const { config, weights } = await stored(name, signal);
  const { size } = config.pixels;
  const chain = openChain({
    segments: imageSegments(config),
    input: { elements: 'float32', shape: [symbol('batch'), 3, size, size] },
    weights,
    trains: () => false,
    statistics: 'running',
    session,
  });
  return {
    dim: config.embedDim,
    pixels: config.pixels,
    hash: hashOf(weights, 'visual.'),
    async encode(input) {
      return (await chain.encode({ input })).data.slice() as Float32Array;
    },
    close: () => chain.close(),
  };
}
