/** The graphs that leave: a tower, or both with their scores, under the names that users of ONNX files expect. */
import {
  cast,
  div,
  exp,
  Graph,
  gemm,
  mul,
  reduceSum,
  reshape,
  sqrt,
  symbol,
  type Value,
} from '../../graph/index.ts';
import type { ClipConfig } from '../config.ts';
import { type Builder, builder, imageTower, textTower } from '../towers/index.ts';
import { type ExportPrecision, type ExportTower, FORMS } from './forms.ts';

/**
 * image: `pixel_values` float32 [image_batch_size, 3, size, size] → `image_embeds` [image_batch_size, dim].
 * text: `input_ids`, `attention_mask` int64 [text_batch_size, sequence_length] → `text_embeds` [text_batch_size, dim].
 * (an English CLIP takes no `attention_mask`). joint: all of these, and `logits_per_image` [image_batch_size, text_batch_size] = exp(logit_scale) · cosines, and
 * `logits_per_text`, its transpose. Vectors have length 1; inputs and outputs are float32 in every precision.
 */
export function exportGraph(config: ClipConfig, tower: ExportTower, precision: ExportPrecision): Graph {
  const { lowering, floatType } = FORMS[precision];
  const graph = new Graph({ floatType });
  const b = builder(graph, lowering);
  const texts = tower === 'image' ? undefined : textVectors(b, config, graph);
  const images = tower === 'text' ? undefined : imageVectors(b, config, graph);
  if (texts && images) {
    const scale = exp(graph.parameter('logit_scale', [], 'float32'));
    graph.output('logits_per_image', mul(gemm(images, texts, undefined, { b: true }), scale));
    graph.output('logits_per_text', mul(gemm(texts, images, undefined, { b: true }), scale));
  }
  if (texts) graph.output('text_embeds', texts);
  if (images) graph.output('image_embeds', images);
  return graph;
}

function imageVectors(b: Builder, config: ClipConfig, graph: Graph): Value {
  const { size } = config.pixels;
  const pixels = graph.input('pixel_values', 'float32', [symbol('image_batch_size'), 3, size, size]);
  return unitVectors(imageTower(b, config, cast(pixels, graph.floatType)).features);
}

function textVectors(b: Builder, config: ClipConfig, graph: Graph): Value {
  const shape = [symbol('text_batch_size'), symbol('sequence_length')];
  const ids = graph.input('input_ids', 'int64', shape);
  // CLIP's own text tower needs no mask: no token sees those after it.
  const mask = config.text.kind === 'bert' ? graph.input('attention_mask', 'int64', shape) : undefined;
  return unitVectors(textTower(b, config, ids, mask).features);
}

/** Rows of features [batch, dim] at length 1, in single precision. */
function unitVectors(features: Value): Value {
  const x = cast(features, 'float32');
  const lengths = sqrt(reduceSum(mul(x, x), [1]));
  return div(x, reshape(lengths, [x.shape[0]!, 1]));
}
