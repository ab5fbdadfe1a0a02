/** About how much memory a training step takes, in bytes: what is held of the weights, and what a block remembers. */
import type { ClipConfig } from '../../clip/index.ts';
import { weightShapes } from '../initialise.ts';
import type { Settings } from '../settings/settings.ts';

const FLOAT = 4;
/** The engine, its graphs, and the program. */
const BASE = 400e6;
/** Numbers that a transformer's block remembers of a token, in widths: projections, norms, the perceptron's middle. */
const REMEMBERED = 12;

export function memoryOf(settings: Settings, config: ClipConfig): number {
  const isFrozen = (name: string) =>
    name !== 'logit_scale' && settings[name.startsWith('visual.') ? 'freeze-vision' : 'freeze-text'];
  // Gradients are held together only where their common norm is limited, or those of several parts are added up.
  const holdsGradients = settings['clip-grad-norm'] !== undefined || settings['accum-freq'] > 1;
  let held = 0;
  for (const [name, shape] of weightShapes(config)) {
    // Weight, two moments and maybe the gradient; of a frozen one the weight.
    held += shape.reduce((a, b) => a * b, 1) * (isFrozen(name) ? 1 : holdsGradients ? 4 : 3);
  }
  const { size } = config.pixels;
  const batch = settings['batch-size'];
  // The pictures of a batch, and of the next one.
  const pixels = 2 * batch * settings['accum-freq'] * 3 * size * size;
  const towers = [
    ...(settings['freeze-vision'] ? [] : [imageNumbers(settings, config)]),
    ...(settings['freeze-text'] ? [] : [textNumbers(settings, config)]),
  ];
  const remembered = towers.reduce((a, b) => a + b, 0) * batch;
  return BASE + FLOAT * (held + pixels + remembered);
}

/** Numbers remembered of a picture. */
function imageNumbers(settings: Settings, { image }: ClipConfig): number {
  if (image.kind === 'vit') {
    const patches = Math.floor((image.resolution / image.patch) ** 2 * (1 - settings['mask-ratio']));
    return transformer(settings, patches + 1, image.width, image.heads, image.layers);
  }
  // Each block: a convolution, a norm and an activation at one width thrice, and at four times that.
  const side = image.resolution / 4;
  const stages = image.layers.map((blocks, i) => blocks * (side / 2 ** i) ** 2 * image.width * 2 ** i * 18);
  return stages.reduce((a, b) => a + b, 0) + 12 * side ** 2 * image.width * 2;
}

function textNumbers(settings: Settings, { text }: ClipConfig): number {
  return transformer(settings, settings['context-length'], text.hidden, text.heads, text.layers);
}

function transformer(
  settings: Settings,
  tokens: number,
  width: number,
  heads: number,
  layers: number,
): number {
  const block = tokens * (REMEMBERED * width + 2 * heads * tokens);
  return settings['grad-checkpointing'] ? layers * tokens * width + block : layers * block;
}
