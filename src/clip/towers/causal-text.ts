/** English CLIP's text tower (Radford et al. 2021, arXiv 2103.00020, section 2.4). */
import {
  add,
  argMax,
  dimValue,
  gather,
  mul,
  multiplyDims,
  range,
  reshape,
  type Value,
} from '../../graph/index.ts';
import type { CausalTextConfig } from '../config.ts';
import { norm } from './layers.ts';
import type { Segment } from './segment.ts';
import { blocks, EPSILON } from './transformer.ts';
import type { Builder } from './weights.ts';

/**
 * ids int64 [batch, sequence] → features [batch, embedDim], not normalised: those of the first token with the highest
 * id, which is the end of the text. What stands after it changes nothing.
 */
export function causalTextSegments(config: CausalTextConfig, embedDim: number): Segment[] {
  const { hidden: width, layers, heads, intermediate: mlp } = config;
  return [
    { kind: 'stem', prefix: '', build: (b, ids) => embeddings(b, config, ids) },
    ...blocks('', layers, { width, heads, mlp, causal: true }),
    {
      kind: 'head',
      prefix: '',
      build: (b, x, ids) => {
        const last = norm(b.within('ln_final'), atRows(x, argMax(ids, 1)), EPSILON);
        return b.lowering.project(last, b.weight('text_projection', width, embedDim));
      },
    },
  ];
}

function embeddings(b: Builder, { vocabSize, hidden, maxPositions }: CausalTextConfig, ids: Value): Value {
  const sequence = ids.shape[1]!;
  const positions = range(dimValue(ids.graph, sequence), sequence);
  const words = b.lowering.lookup(b.weight('token_embedding.weight', vocabSize, hidden), ids);
  return add(words, b.lowering.lookup(b.weight('positional_embedding', maxPositions, hidden), positions));
}

/** One row of each matrix of x [batch, rows, width]: those numbered `index` (int64 [batch]) → [batch, width]. */
function atRows(x: Value, index: Value): Value {
  const [batch, rows, width] = x.shape as readonly [Value['shape'][number], Value['shape'][number], number];
  const first = mul(range(dimValue(x.graph, batch), batch), dimValue(x.graph, rows));
  return gather(reshape(x, [multiplyDims([batch, rows]), width]), add(first, index));
}
