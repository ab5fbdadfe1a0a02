/** The rows of the benchmark and what each costs in arithmetic. */
import type { BertConfig, VitConfig } from '../src/clip/index.ts';
import { TOKENS } from './inputs.ts';
import { CONFIG } from './model.ts';
import type { Request } from './protocol.ts';

export interface Row {
  readonly table: 'images' | 'texts' | 'gemm';
  readonly label: string;
  readonly request: Request;
  /** Pictures or texts in one call; 1 for a matrix product. */
  readonly items: number;
  /** Floating-point operations of one item, matrix products only. */
  readonly flops: number;
  /** Measured in every so many-th round: the long ones less often. */
  readonly every: number;
}

/** Multiplications and additions of `layers` transformer blocks over so many tokens. */
function transformerFlops(tokens: number, width: number, inner: number, layers: number): number {
  return layers * (2 * tokens * width * (4 * width + 2 * inner) + 4 * tokens * tokens * width);
}

function imageFlops({ resolution, patch, width, mlp, layers }: VitConfig, dim: number): number {
  const patches = (resolution / patch) ** 2;
  return (
    2 * patches * width * 3 * patch ** 2 + transformerFlops(patches + 1, width, mlp, layers) + 2 * width * dim
  );
}

function textFlops({ hidden, intermediate, layers }: BertConfig, tokens: number, dim: number): number {
  return transformerFlops(tokens, hidden, intermediate, layers) + 2 * hidden * dim;
}

/** All rows; `quick`: a few small ones, to see that everything works. */
export function plan(quick: boolean): Row[] {
  const seconds = quick ? 0.05 : 0.5;
  const batches = quick ? [1, 2] : [1, 8, 32];
  const image = CONFIG.image as VitConfig;
  const products = [
    [197, 768, 3072],
    [2048, 2048, 2048],
  ] as const;
  return [
    ...products.map(
      ([m, k, n]): Row => ({
        table: 'gemm',
        label: `${m} × ${k} × ${n}`,
        request: { kind: 'gemm', m, k, n, seconds },
        items: 1,
        flops: 2 * m * k * n,
        every: 1,
      }),
    ),
    ...batches.map(
      (count): Row => ({
        table: 'images',
        label: `batch ${count}`,
        request: { kind: 'images', count, seconds },
        items: count,
        flops: imageFlops(image, CONFIG.embedDim),
        every: count > 8 ? 2 : 1,
      }),
    ),
    ...TOKENS.flatMap((tokens) =>
      batches.map(
        (count): Row => ({
          table: 'texts',
          label: `${tokens} tokens, batch ${count}`,
          request: { kind: 'texts', count, tokens, seconds },
          items: count,
          flops: textFlops(CONFIG.text, tokens, CONFIG.embedDim),
          every: 1,
        }),
      ),
    ),
  ];
}
