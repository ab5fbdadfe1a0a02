/** The contrastive loss of a whole Chinese-CLIP, as the trainer minimises it. */
import { builder, type ClipConfig, imageTower, textTower } from '../../src/clip/index.ts';
import type { EngineTensor, Feeds } from '../../src/engine/index.ts';
import { type Graph, symbol, training } from '../../src/graph/index.ts';
import { contrastiveLoss, unitRows } from '../../src/train/index.ts';

/** Loss and logits of pairs, from the inputs `pixels`, `ids` and `targets`. */
export function clipLoss(graph: Graph, config: ClipConfig) {
  const b = builder(graph, training());
  const [batch, { size }] = [symbol('batch'), config.pixels];
  const pixels = graph.input('pixels', 'float32', [batch, 3, size, size]);
  const ids = graph.input('ids', 'int64', [batch, symbol('sequence')]);
  const { loss, logits } = contrastiveLoss({
    images: unitRows(imageTower(b, config, pixels).features),
    texts: unitRows(textTower(b, config, ids).features),
    logitScale: b.weight('logit_scale'),
    targets: graph.input('targets', 'float32', [batch, batch]),
  });
  return { loss, outputs: { logits } };
}

/** The feeds for pairs whose i-th picture belongs to their i-th text. */
export function pairFeeds(pixels: EngineTensor, ids: EngineTensor): Feeds {
  const count = pixels.dims[0]!;
  const targets = new Float32Array(count * count);
  for (let i = 0; i < count; i++) targets[i * count + i] = 1;
  return { pixels, ids, targets: { dims: [count, count], data: targets } };
}
