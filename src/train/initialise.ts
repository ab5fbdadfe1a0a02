import type { Random } from '../base/index.ts';
import type { ChineseClipConfig, ClipConfig } from '../clip/index.ts';
import { bufferShapes, parameterShapes } from '../clip/index.ts';
import type { WeightArrays } from './objective.ts';

/** How a tensor of a given shape begins. */
type Rule = (shape: readonly number[], random: Random, config: ChineseClipConfig) => () => number;

const fill =
  (value: number): Rule =>
  () =>
  () =>
    value;
const normal =
  (deviation: (shape: readonly number[], config: ChineseClipConfig) => number): Rule =>
  (shape, random, config) => {
    const scale = deviation(shape, config);
    return () => scale * random.normal();
  };
const uniform =
  (bound: (shape: readonly number[]) => number): Rule =>
  (shape, random) => {
    const limit = bound(shape);
    return () => limit * (2 * random.uniform() - 1);
  };

const fanIn = (shape: readonly number[]) => shape.slice(1).reduce((a, b) => a * b, 1);
const imageWidth = ({ image }: ClipConfig) => (image.kind === 'vit' ? image.width : 32 * image.width);

/**
 * cn_clip's initial weights: the first rule whose pattern fits the name. Linear and convolution weights that CLIP does
 * not set itself begin as PyTorch's do, uniform within 1/√fan-in; attention's packed projection by Glorot and Bengio.
 */
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^logit_scale$/, fill(Math.log(1 / 0.07))],
  [/^text_projection$/, normal((shape) => shape[0]! ** -0.5)],
  [/running_var$/, fill(1)],
  [/running_mean$/, fill(0)],
  [/^bert\..*LayerNorm\.weight$/, fill(1)],
  [/^bert\..*bias$/, fill(0)],
  [/^bert\./, normal((_, { text }) => text.initializerRange)],
  [/^visual\.layer\d.*bn3\.weight$/, fill(0)],
  [/(bn\d|downsample\.1|ln_\w+)\.weight$/, fill(1)],
  [/(bn\d|downsample\.1|ln_\w+|attn\.out_proj|in_proj)[._]bias$/, fill(0)],
  [
    /^visual\.(class_embedding|positional_embedding|proj)$/,
    normal((_, config) => imageWidth(config) ** -0.5),
  ],
  [/attnpool\.(\w_proj\.weight|positional_embedding)$/, normal((_, config) => imageWidth(config) ** -0.5)],
  [/in_proj_weight$/, uniform(([rows, columns]) => Math.sqrt(6 / (rows! + columns!)))],
  [
    /conv\d\.weight$|downsample\.0\.weight$|(c_fc|c_proj|out_proj)\.weight$/,
    uniform((shape) => fanIn(shape) ** -0.5),
  ],
];

/** The width of the input of the layer that a bias belongs to, where CLIP leaves biases as PyTorch makes them. */
function biasFanIn(name: string, shapes: ReadonlyMap<string, readonly number[]>): number {
  return fanIn(shapes.get(name.replace(/bias$/, 'weight'))!);
}

/** The shapes of all that a training run holds of a model: its parameters and the statistics of its batch norms. */
export function weightShapes(config: ClipConfig): Map<string, readonly number[]> {
  const buffers = [...bufferShapes(config)].filter(([name]) => !name.endsWith('num_batches_tracked'));
  return new Map([...parameterShapes(config), ...buffers]);
}

/**
 * Random weights and fresh statistics for a model, drawn in the order of its state dict. Those that `isGiven` knows are
 * left at 0, and nothing is drawn for them.
 */
export function initialWeights(
  config: ChineseClipConfig,
  random: Random,
  isGiven: (name: string) => boolean = () => false,
): WeightArrays {
  const shapes = weightShapes(config);
  return new Map(
    [...shapes].map(([name, shape]) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      if (isGiven(name)) return [name, values];
      const rule =
        RULES.find(([pattern]) => pattern.test(name))?.[1] ?? uniform(() => biasFanIn(name, shapes) ** -0.5);
      const draw = rule(shape, random, config);
      for (let i = 0; i < values.length; i++) values[i] = draw();
      return [name, values];
    }),
  );
}
