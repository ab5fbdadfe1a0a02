/** Multi-head attention (Vaswani et al. 2017, arXiv 1706.03762, section 3.2), plain and as one engine operator. */
import type { Operator, Value } from '../graph.ts';
import { type Dim, fixedDim, formatShape } from '../shape.ts';
import { reshape, transpose } from './arrange.ts';
import { apply1, invalid, need, needShape } from './define.ts';
import { add, cast, greater, scale, shift } from './elementwise.ts';
import { range } from './gather.ts';
import { matmul, product } from './matrix.ts';
import { softmax } from './reduce.ts';
import { dimValue } from './sizes.ts';

/** What a masked position adds to its score before the softmax, as in BERT. */
const MASKED = -10_000;

export interface AttentionInputs {
  /** [batch, queries, width] */
  readonly query: Value;
  /** [batch, keys, width] */
  readonly key: Value;
  /** [batch, keys, width] */
  readonly value: Value;
  readonly heads: number;
  /** int32 [batch, keys]: 1 where a key may be attended to, 0 where not. Absent: everywhere. */
  readonly keep?: Value;
  /** Whether a query sees only the keys up to its own place. */
  readonly causal?: boolean;
  /** The rate at which training drops weights, after the softmax. Default: 0. */
  readonly dropout?: number;
}

/** softmax(q·kᵀ/√d + mask)·v for every head, from differentiable operators. Result [batch, queries, width]. */
export function attentionPlain(
  inputs: AttentionInputs,
  dropout: (x: Value, rate: number) => Value = (x) => x,
): Value {
  const { query, key, value, heads, keep, causal } = inputs;
  const size = headSize(inputs);
  const perHead = (x: Value) => transpose(apart(x, heads, size), [0, 2, 1, 3]);
  const scores = matmul(perHead(query), perHead(key), { b: true }, 1 / Math.sqrt(size));
  const masked = keep ? add(scores, maskTerm(keep)) : scores;
  const weights = softmax(causal ? add(masked, causalTerm(query, key)) : masked, 3);
  const kept = dropout(weights, inputs.dropout ?? 0);
  return reshape(transpose(matmul(kept, perHead(value)), [0, 2, 1, 3]), query.shape);
}

/** The same from ONNX's own operators; not differentiable. */
export function attentionPortable(inputs: AttentionInputs): Value {
  const { query, key, value, heads, keep, causal } = inputs;
  const size = headSize(inputs);
  const queries = transpose(apart(scale(query, 1 / Math.sqrt(size)), heads, size), [0, 2, 1, 3]);
  const scores = product(queries, transpose(apart(key, heads, size), [0, 2, 3, 1]));
  const masked = keep ? add(scores, maskTerm(keep)) : scores;
  const weights = softmax(causal ? add(masked, causalTerm(query, key)) : masked, 3);
  const values = transpose(apart(value, heads, size), [0, 2, 1, 3]);
  return reshape(transpose(product(weights, values), [0, 2, 1, 3]), query.shape);
}

/** [batch, tokens, width] as [batch, tokens, heads, size]. */
function apart(x: Value, heads: number, size: number): Value {
  return reshape(x, [x.shape[0]!, x.shape[1]!, heads, size]);
}

/** The width of a head; throws where the inputs do not fit together. */
function headSize({ query, key, value, heads, keep }: AttentionInputs): number {
  const size = fixedDim('Attention', query.shape[2]) / heads;
  if (!Number.isInteger(size)) {
    throw invalid('Attention', `${formatShape(query.shape)} cannot be shared by ${heads} heads`);
  }
  const [batch, keys] = key.shape as readonly [Dim, Dim];
  needShape('Attention', key, [query.shape[0]!, keys, query.shape[2]!]);
  needShape('Attention', value, key.shape);
  needShape('Attention', keep, [batch, keys]);
  return size;
}

/** (1 − keep) · (−10 000), shaped [batch, 1, 1, keys]. */
function maskTerm(keep: Value): Value {
  const [batch, keys] = keep.shape as readonly [Dim, Dim];
  return scale(shift(reshape(cast(keep, keep.graph.floatType), [batch, 1, 1, keys]), -1), -MASKED);
}

/** −10 000 where a key comes after the query, else 0: [queries, keys]. */
function causalTerm(query: Value, key: Value): Value {
  const { graph } = query;
  const [queries, keys] = [query.shape[1]!, key.shape[1]!];
  return graph.shared(`causal:${formatShape([queries, keys])}`, () => {
    const places = (dim: Dim) => range(dimValue(graph, dim), dim);
    const after = greater(reshape(places(keys), [1, keys]), reshape(places(queries), [queries, 1]));
    return scale(cast(after, graph.floatType), MASKED);
  });
}

const MultiHeadAttention: Operator = {
  name: 'MultiHeadAttention',
  domain: 'com.microsoft',
  infer: (inputs) =>
    [need('MultiHeadAttention', inputs, 0)].map(({ elements, shape }) => ({ elements, shape })),
};

/** The same as one operator of the engine; not differentiable. */
export function attentionFused(inputs: AttentionInputs): Value {
  const { query, key, value, heads, keep, causal } = inputs;
  headSize(inputs);
  const attributes = {
    num_heads: heads,
    mask_filter_value: { float: MASKED },
    ...(causal ? { unidirectional: 1 } : {}),
  };
  return apply1(MultiHeadAttention, [query, key, value, undefined, keep], attributes);
}
