import { createRandom, type Random } from '../../../src/base/random.ts';
import {
  addNoise,
  blur,
  changeColours,
  composite,
  darkenEdges,
  posterise,
  strokeOutline,
} from './effects.ts';
import { flatGround, variedGround, whiteGround } from './grounds.ts';
import { normalise, PICTURE_LENGTH, PICTURE_PIXELS } from './picture.ts';
import { createWarp, type Placement } from './warp.ts';

/** The sprite's share of the picture in a plain sample. */
const PLAIN_SCALE = 0.92;

const NOISE_LENGTH = 8 * PICTURE_LENGTH;

/** What is drawn. */
export interface Drawing {
  /** Premultiplied RGBA bytes, `SPRITE_BYTES` of them. */
  sprite: Uint8Array;
  /** Whether it may be mirrored. */
  mirrored: boolean;
}

/**
 * Renders one training picture: normalised planes (3 × 64 × 64) into `target` at `offset`. `strength` is the
 * probability that the sample is augmented; a plain one is centred on white or a flat ground.
 */
export type Render = (
  drawing: Drawing,
  strength: number,
  random: Random,
  target: Float32Array,
  offset: number,
) => void;

/** The curriculum: the strength when a share `progress` of the training is done. Full strength from the start learns slowly. */
export function strengthAt(progress: number): number {
  return 0.8 * Math.min(1, Math.max(0, (progress - 0.1) / 0.4));
}

/** A renderer with its own working memory: nothing is allocated per sample but a few numbers. */
export function createRenderer(): Render {
  const warp = createWarp();
  const layer = new Float32Array(4 * PICTURE_PIXELS);
  const rgb = new Float32Array(PICTURE_LENGTH);
  const scratch = new Float32Array(PICTURE_LENGTH);
  const noise = normalNoise();

  function plain(drawing: Drawing, random: Random): void {
    warp(drawing.sprite, PLAIN_PLACEMENT, layer);
    const ground = random.uniform() < 0.5 ? whiteGround : flatGround;
    ground(rgb, random);
    composite(layer, rgb);
  }

  function augmented(drawing: Drawing, random: Random): void {
    warp(drawing.sprite, randomPlacement(drawing.mirrored, random), layer);
    changeColours(layer, {
      saturation: around(1, 0.3, random),
      brightness: around(1, 0.18, random),
      offset: [around(0, 0.07, random), around(0, 0.07, random), around(0, 0.07, random)],
    });
    if (random.uniform() < 0.25) {
      posterise(layer, 5);
      darkenEdges(layer, scratch);
      strokeOutline(layer, 1 + random.below(2), scratch);
    }
    variedGround(rgb, random);
    composite(layer, rgb);
    if (random.uniform() < 0.15) blur(rgb, scratch);
    if (random.uniform() < 0.15) {
      addNoise(rgb, noise, random.below(NOISE_LENGTH - PICTURE_LENGTH), 0.02 + 0.06 * random.uniform());
    }
  }

  return (drawing, strength, random, target, offset) => {
    if (random.uniform() < strength) augmented(drawing, random);
    else plain(drawing, random);
    normalise(rgb, target, offset);
  };
}

const PLAIN_PLACEMENT: Placement = {
  width: PLAIN_SCALE,
  height: PLAIN_SCALE,
  x: 0.5,
  y: 0.5,
  angle: 0,
  flipped: false,
};

function randomPlacement(mirrored: boolean, random: Random): Placement {
  const scale = around(0.76, 0.26, random);
  const width = scale * around(1, 0.12, random);
  const room = Math.max(0, 1 - scale) / 2;
  return {
    width,
    height: scale,
    x: around(0.5, room, random),
    y: around(0.5, room, random),
    angle: random.uniform() < 0.5 ? around(0, (17 * Math.PI) / 180, random) : 0,
    flipped: mirrored && random.uniform() < 0.3,
  };
}

/** A number within `reach` of `middle`. */
function around(middle: number, reach: number, random: Random): number {
  return middle + reach * (2 * random.uniform() - 1);
}

/** Normal deviates to take runs of: far cheaper than drawing them for each picture. */
function normalNoise(): Float32Array {
  const random = createRandom(0);
  return Float32Array.from({ length: NOISE_LENGTH }, () => random.normal());
}
