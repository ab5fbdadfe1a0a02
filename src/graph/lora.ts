/** Low-rank adapters of linear layers (Hu et al. 2021, arXiv 2106.09685, section 4.1). */
import type { Value } from './graph.ts';
import { add, scale } from './operators/elementwise.ts';
import { concat } from './operators/join.ts';
import { linear } from './operators/matrix.ts';

/** Which layers are adapted, and how. */
export interface Lora {
  /** r: rows of A, columns of B. */
  readonly rank: number;
  /** α / r, the factor on B·A. */
  readonly scale: number;
  /**
   * The adapters of a weight by its name: none; one, called ''; or one for each of equal parts of its rows, by the parts'
   * names.
   */
  readonly parts: (weight: string) => readonly string[];
}

/** The names of the two matrices of an adapter: A [rank, in], B [out, rank]. */
export function adapterNames(weight: string, part: string): readonly [a: string, b: string] {
  const stem = part === '' ? weight : `${weight}.${part}`;
  return [`${stem}.lora_A`, `${stem}.lora_B`];
}

/** x·Wᵀ + bias + (α / r) · x·Aᵀ·Bᵀ, as far as W is adapted. */
export function adapted(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  { rank, scale: factor, parts }: Lora,
): Value {
  const plain = linear(x, weight, bias);
  const names = weight.node ? [] : parts(weight.name);
  if (names.length === 0) return plain;
  const { graph } = x;
  const [outputs, inputs] = weight.shape as [number, number];
  const changes = names.map((part) => {
    const [a, b] = adapterNames(weight.name, part);
    const low = linear(x, graph.parameter(a, [rank, inputs]));
    return linear(low, graph.parameter(b, [outputs / names.length, rank]));
  });
  return add(plain, scale(concat(changes, plain.shape.length - 1), factor));
}
