/** CLIP's modified ResNet with attention pool (Radford et al. 2021, arXiv 2103.00020, section 2.4). */
import {
  add,
  averagePool,
  concat,
  convolution,
  type Layout,
  reduceMean,
  relu,
  reshape,
  slice,
  transpose,
  type Value,
} from '../../graph/index.ts';
import type { ResNetConfig } from '../config.ts';
import { dense } from './layers.ts';
import type { TowerOutput } from './tower-output.ts';
import type { Builder } from './weights.ts';

/** A batch of feature maps in one of the two orders of axes. */
interface Maps {
  readonly value: Value;
  readonly layout: Layout;
}

const EPSILON = 1e-5;
const EXPANSION = 4;

/** pixels [batch, 3, resolution, resolution] → features [batch, embedDim]. `hidden`: stem and four stages, NCHW. */
export function resnet(b: Builder, config: ResNetConfig, embedDim: number, pixels: Value): TowerOutput {
  let maps = stem(b, config.width, { value: pixels, layout: 'nchw' });
  const hidden = [maps];
  config.layers.forEach((blocks, stage) => {
    const planes = config.width * 2 ** stage;
    for (let i = 0; i < blocks; i++) {
      maps = bottleneck(
        b.within(`layer${stage + 1}.${i}`),
        maps,
        planes,
        stage > 0 && i === 0 ? 2 : 1,
        i === 0,
      );
    }
    hidden.push(maps);
  });
  const features = attentionPool(b.within('attnpool'), config, embedDim, maps);
  return { features, hidden: hidden.map((each) => inLayout(each, 'nchw').value) };
}

/** Three convolutions, the first with stride 2, and an average pool. */
function stem(b: Builder, width: number, pixels: Maps): Maps {
  const first = relus(unit(b, 1, pixels, width / 2, 3, 2));
  const second = relus(unit(b, 2, first, width / 2, 3));
  return pool(relus(unit(b, 3, second, width, 3)), 2);
}

/** 1×1, 3×3 and 1×1 convolutions; a stride is an average pool, before the last one and on the shortcut. */
function bottleneck(b: Builder, x: Maps, planes: number, stride: number, widens: boolean): Maps {
  const inner = relus(unit(b, 2, relus(unit(b, 1, inBestLayout(b, x), planes, 1)), planes, 3));
  const main = unit(b, 3, pool(inner, stride), planes * EXPANSION, 1);
  const shortcut = widens ? shortcutOf(b.within('downsample'), pool(x, stride), planes * EXPANSION) : x;
  return relus({ value: add(main.value, inLayout(shortcut, main.layout).value), layout: main.layout });
}

function shortcutOf(b: Builder, x: Maps, planes: number): Maps {
  return batchNorm(b.within('1'), convolve(b.within('0'), inBestLayout(b, x), planes, 1, 1));
}

/** Convolution `conv{n}` and normalisation `bn{n}`. */
function unit(b: Builder, n: number, x: Maps, planes: number, kernel: number, stride = 1): Maps {
  return batchNorm(b.within(`bn${n}`), convolve(b.within(`conv${n}`), x, planes, kernel, stride));
}

function convolve(b: Builder, x: Maps, planes: number, kernel: number, stride: number): Maps {
  const channels = x.value.shape[x.layout === 'nchw' ? 1 : 3] as number;
  const weight = b.weight('weight', planes, channels, kernel, kernel);
  const value = convolution(x.value, weight, { stride, padding: (kernel - 1) / 2 }, x.layout);
  return { value, layout: x.layout };
}

function batchNorm(b: Builder, { value, layout }: Maps): Maps {
  const channels = value.shape[layout === 'nchw' ? 1 : 3] as number;
  const [weight, bias, runningMean, runningVariance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (name) => b.weight(name, channels),
  ) as [Value, Value, Value, Value];
  const weights = { weight, bias, runningMean, runningVariance };
  return { value: b.lowering.batchNorm(value, weights, EPSILON, layout), layout };
}

const relus = ({ value, layout }: Maps): Maps => ({ value: relu(value), layout });
const pool = ({ value, layout }: Maps, size: number): Maps => ({
  value: averagePool(value, size, layout),
  layout,
});

const inBestLayout = (b: Builder, maps: Maps): Maps =>
  inLayout(maps, b.lowering.layoutFor(maps.value.shape[maps.layout === 'nchw' ? 2 : 1] as number));

function inLayout({ value, layout }: Maps, wanted: Layout): Maps {
  if (layout === wanted) return { value, layout };
  return { value: transpose(value, wanted === 'nhwc' ? [0, 2, 3, 1] : [0, 3, 1, 2]), layout: wanted };
}

/** Attention of the mean over all positions to the mean and every position; its result is the feature vector. */
function attentionPool(b: Builder, { width, heads }: ResNetConfig, embedDim: number, maps: Maps): Value {
  const { value } = inLayout(maps, 'nhwc');
  const [batch, height, columns] = value.shape as [Value['shape'][number], number, number];
  const channels = width * EXPANSION * 8;
  const positions = height * columns;
  const cells = reshape(value, [batch, positions, channels]);
  const mean = reshape(reduceMean(cells, [1]), [batch, 1, channels]);
  const x = add(concat([mean, cells], 1), b.weight('positional_embedding', positions + 1, channels));
  const key = dense(b.within('k_proj'), x, channels);
  const query = dense(b.within('q_proj'), slice(x, [{ axis: 1, start: 0, end: 1 }]), channels);
  const attended = b.lowering.attention({ query, key, value: dense(b.within('v_proj'), x, channels), heads });
  return dense(b.within('c_proj'), reshape(attended, [batch, channels]), embedDim);
}
