/** Chinese RoBERTa as Chinese-CLIP uses it: BERT (Devlin et al. 2019, arXiv 1810.04805) without a pooler. */
import { add, cast, dimValue, greater, range, reshape, slice, type Value } from '../../graph/index.ts';
import type { BertConfig } from '../config.ts';
import { dense, norm } from './layers.ts';
import type { Segment } from './segment.ts';
import type { Builder } from './weights.ts';

/**
 * ids int64 [batch, sequence], 0 where there is no token → features [batch, embedDim], not normalised. `mask`, int64 of
 * the same shape, says instead of the ids where tokens are: 1, else 0.
 */
export function bertSegments(config: BertConfig, embedDim: number, mask?: Value): Segment[] {
  const { layers, hidden } = config;
  return [
    { kind: 'stem', prefix: 'bert.embeddings', build: (b, ids) => embeddings(b, config, ids) },
    ...Array.from(
      { length: layers },
      (_, i): Segment => ({
        kind: 'block',
        prefix: `bert.encoder.layer.${i}`,
        build: (b, x, ids) => layer(b, config, x, present(ids, mask)),
      }),
    ),
    {
      kind: 'head',
      prefix: '',
      build: (b, x) => {
        const first = reshape(slice(x, [{ axis: 1, start: 0, end: 1 }]), [x.shape[0]!, hidden]);
        return b.lowering.project(first, b.weight('text_projection', hidden, embedDim));
      },
    },
  ];
}

/** Where there is a token: int32, 1 or 0. */
function present(ids: Value, mask?: Value): Value {
  const { graph } = ids;
  return graph.shared('present', () => cast(mask ?? greater(ids, graph.integers([0])), 'int32'));
}

function embeddings(b: Builder, config: BertConfig, ids: Value): Value {
  const { hidden } = config;
  const sequence = ids.shape[1]!;
  const positions = range(dimValue(ids.graph, sequence), sequence);
  const words = b.lowering.lookup(b.weight('word_embeddings.weight', config.vocabSize, hidden), ids);
  const places = b.lowering.lookup(
    b.weight('position_embeddings.weight', config.maxPositions, hidden),
    positions,
  );
  const types = b.weight('token_type_embeddings.weight', config.typeVocabSize, hidden);
  const firstType = slice(types, [{ axis: 0, start: 0, end: 1 }]);
  const sum = norm(b.within('LayerNorm'), add(words, add(places, firstType)), config.layerNormEps);
  return b.lowering.dropout(sum, config.dropout);
}

function layer(b: Builder, config: BertConfig, x: Value, keep: Value): Value {
  const { hidden, heads, intermediate } = config;
  const attention = b.within('attention');
  const self = attention.within('self');
  const [query, key, value] = ['query', 'key', 'value'].map((name) =>
    dense(self.within(name), x, hidden),
  ) as [Value, Value, Value];
  const attended = b.lowering.attention({
    query,
    key,
    value,
    heads,
    keep,
    dropout: config.attentionDropout,
  });
  const after = residual(attention.within('output'), attended, x, config);
  const inner = b.lowering.gelu(dense(b.within('intermediate.dense'), after, intermediate));
  return residual(b.within('output'), inner, after, config);
}

/** LayerNorm(x + dense(inner)). */
function residual(b: Builder, inner: Value, x: Value, { dropout, layerNormEps }: BertConfig): Value {
  const width = x.shape.at(-1) as number;
  const added = b.lowering.dropout(dense(b.within('dense'), inner, width), dropout);
  return norm(b.within('LayerNorm'), add(added, x), layerNormEps);
}
