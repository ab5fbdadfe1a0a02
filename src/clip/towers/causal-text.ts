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
import { EPSILON, transformer } from './transformer.ts';
import type { TowerOutput } from './vit.ts';
import type { Builder } from './weights.ts';

/**
 * ids int64 [batch, sequence] → features [batch, embedDim], not normalised: those of the first token with the highest
 * id, which is the end of the text. What stands after it changes nothing.
 */
export function causalText(b: Builder, config: CausalTextConfig, embedDim: number, ids: Value): TowerOutput {
  const { vocabSize, hidden: width, layers, heads, intermediate: mlp, maxPositions } = config;
  const sequence = ids.shape[1]!;
  const positions = range(dimValue(ids.graph, sequence), sequence);
  const words = gather(b.weight('token_embedding.weight', vocabSize, width), ids);
  const places = gather(b.weight('positional_embedding', maxPositions, width), positions);
  const hidden = transformer(b, layers, { width, heads, mlp, causal: true }, add(words, places));
  const last = atRows(hidden.at(-1)!, argMax(ids, 1));
  const features = b.lowering.project(
    norm(b.within('ln_final'), last, EPSILON),
    b.weight('text_projection', width, embedDim),
  );
  return { features, hidden };
}

/** One row of each matrix of x [batch, rows, width]: those numbered `index` (int64 [batch]) → [batch, width]. */
function atRows(x: Value, index: Value): Value {
  const [batch, rows, width] = x.shape as readonly [Value['shape'][number], Value['shape'][number], number];
  const first = mul(range(dimValue(x.graph, batch), batch), dimValue(x.graph, rows));
  return gather(reshape(x, [multiplyDims([batch, rows]), width]), add(first, index));
}
