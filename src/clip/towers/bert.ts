/** Chinese RoBERTa as Chinese-CLIP uses it: BERT (Devlin et al. 2019, arXiv 1810.04805) without a pooler. */
import {
  add,
  cast,
  dimValue,
  gather,
  gelu,
  greater,
  range,
  reshape,
  slice,
  type Value,
} from '../../graph/index.ts';
import type { BertConfig } from '../config.ts';
import { dense, norm } from './layers.ts';
import type { TowerOutput } from './vit.ts';
import type { Builder } from './weights.ts';

/** ids int64 [batch, sequence], 0 where there is no token → features [batch, embedDim], not normalised. */
export function bert(b: Builder, config: BertConfig, embedDim: number, ids: Value): TowerOutput {
  const tower = b.within('bert');
  const keep = cast(greater(ids, ids.graph.integers([0])), 'int32');
  let x = embeddings(tower.within('embeddings'), config, ids);
  const hidden = [x];
  for (let i = 0; i < config.layers; i++) {
    x = layer(tower.within(`encoder.layer.${i}`), config, x, keep);
    hidden.push(x);
  }
  const first = reshape(slice(x, [{ axis: 1, start: 0, end: 1 }]), [x.shape[0]!, config.hidden]);
  const features = b.lowering.project(first, b.weight('text_projection', config.hidden, embedDim));
  return { features, hidden };
}

function embeddings(b: Builder, config: BertConfig, ids: Value): Value {
  const { hidden } = config;
  const sequence = ids.shape[1]!;
  const positions = range(dimValue(ids.graph, sequence), sequence);
  const words = gather(b.weight('word_embeddings.weight', config.vocabSize, hidden), ids);
  const places = gather(b.weight('position_embeddings.weight', config.maxPositions, hidden), positions);
  const types = b.weight('token_type_embeddings.weight', config.typeVocabSize, hidden);
  const firstType = slice(types, [{ axis: 0, start: 0, end: 1 }]);
  return norm(b.within('LayerNorm'), add(words, add(places, firstType)), config.layerNormEps);
}

function layer(b: Builder, config: BertConfig, x: Value, keep: Value): Value {
  const { hidden, heads, intermediate, layerNormEps } = config;
  const attention = b.within('attention');
  const self = attention.within('self');
  const [query, key, value] = ['query', 'key', 'value'].map((name) =>
    dense(self.within(name), x, hidden),
  ) as [Value, Value, Value];
  const attended = b.lowering.attention({ query, key, value, heads, keep });
  const after = residual(attention.within('output'), attended, x, layerNormEps);
  const inner = gelu(dense(b.within('intermediate.dense'), after, intermediate));
  return residual(b.within('output'), inner, after, layerNormEps);
}

/** LayerNorm(x + dense(inner)). */
function residual(b: Builder, inner: Value, x: Value, epsilon: number): Value {
  const width = x.shape.at(-1) as number;
  return norm(b.within('LayerNorm'), add(dense(b.within('dense'), inner, width), x), epsilon);
}
