/** A model's configuration from the shapes of its tensors. */
import { TuwenError } from '../../base/index.ts';
import type { TensorInfo } from '../../weights/index.ts';
import {
  type BertConfig,
  type ChineseClipConfig,
  cnClipPixels,
  type ResNetConfig,
  type VitConfig,
} from '../config.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';

/** The numbers of every BERT that shapes do not tell. */
const { dropout, attentionDropout, initializerRange, layerNormEps } = publishedConfig('ViT-B-16').text;

/** The width of a head, where no published model says otherwise. */
const HEAD_WIDTH = 64;

/** The most layers a tower may have. */
const MAX_LAYERS = 256;

/**
 * The configuration of a model with these tensors, by cn_clip's names. Shapes tell everything but the number of heads:
 * that of the published model of the same sizes, else one a 64 columns.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN.
 */
export function inferConfig(tensors: ReadonlyMap<string, TensorInfo>, path: string): ChineseClipConfig {
  const config = configOfShapes(new Shapes(tensors, path));
  const name = PUBLISHED_NAMES.find((name) => equal({ name, ...config }, publishedConfig(name)));
  return name ? { name, ...config } : config;
}

/** As `inferConfig`, without the name. */
export function configOfShapes(model: Shapes): ChineseClipConfig {
  const image = imageOfShapes(model);
  return {
    embedDim: model.size('text_projection', 1),
    image,
    text: bertOf(model),
    pixels: cnClipPixels(image.resolution),
  };
}

/** The image tower of a model with these tensors. Throws TUWEN_ARCHITECTURE_UNKNOWN. */
export function imageOfShapes(model: Shapes): VitConfig | ResNetConfig {
  return model.has('visual.attnpool.positional_embedding') ? resnetOf(model) : vitOf(model);
}

/** The shapes of named tensors. */
export class Shapes {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly path: string;
  /** What stands for a number of heads that is not told; without it that is an error. */
  readonly unknownHeads: number | undefined;

  constructor(tensors: ReadonlyMap<string, TensorInfo>, path: string, unknownHeads?: number) {
    this.tensors = tensors;
    this.path = path;
    this.unknownHeads = unknownHeads;
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  /** One size of a tensor's shape; at least 1. */
  size(name: string, axis: number): number {
    const size = this.tensors.get(name)?.shape[axis];
    if (!size) throw this.unknown(`${name} [${this.tensors.get(name)?.shape ?? ''}]`);
    return size;
  }

  /** How many tensors there should be like `before0after`, `before1after`, …: one more than the highest number. */
  count(before: string, after: string): number {
    for (let count = MAX_LAYERS; count > 0; count--) {
      if (this.has(`${before}${count - 1}${after}`)) return count;
    }
    throw this.unknown(`${before}0${after}`);
  }

  /** The side of a square of patches, by a table of positions: one for each patch and one more. */
  side(name: string): number {
    const side = Math.sqrt(this.size(name, 0) - 1);
    if (!Number.isInteger(side) || side === 0)
      throw this.unknown(`${name} [${this.tensors.get(name)!.shape}]`);
    return side;
  }

  heads(what: string, width: number): number {
    if (width % HEAD_WIDTH === 0) return width / HEAD_WIDTH;
    if (this.unknownHeads !== undefined) return this.unknownHeads;
    throw this.unknown(`${what} ${width} ≠ n × ${HEAD_WIDTH}`);
  }

  unknown(reason: string): TuwenError {
    return new TuwenError('TUWEN_ARCHITECTURE_UNKNOWN', { path: this.path, reason });
  }
}

function vitOf(model: Shapes): VitConfig {
  const block = 'visual.transformer.resblocks.';
  const patch = model.size('visual.conv1.weight', 2);
  const width = model.size('visual.conv1.weight', 0);
  const layers = model.count(block, '.ln_1.weight');
  const sizes = {
    kind: 'vit' as const,
    resolution: model.side('visual.positional_embedding') * patch,
    patch,
    width,
    layers,
    mlp: model.size(`${block}0.mlp.c_fc.weight`, 0),
  };
  const published = PUBLISHED_NAMES.map((name) => publishedConfig(name).image).find(
    (image): image is VitConfig => image.kind === 'vit' && image.width === width && image.layers === layers,
  );
  return { ...sizes, heads: published?.heads ?? model.heads('vision_width', width) };
}

function resnetOf(model: Shapes): ResNetConfig {
  const width = model.size('visual.conv3.weight', 0);
  const blocks = (stage: number) => model.count(`visual.layer${stage}.`, '.conv1.weight');
  return {
    kind: 'resnet',
    resolution: model.side('visual.attnpool.positional_embedding') * 32,
    width,
    layers: [blocks(1), blocks(2), blocks(3), blocks(4)],
    heads: model.heads('vision_width · 32', width * 32),
  };
}

/** The text tower of a model with these tensors. Throws TUWEN_ARCHITECTURE_UNKNOWN. */
export function bertOf(model: Shapes): BertConfig {
  const layer = 'bert.encoder.layer.';
  const hidden = model.size('bert.embeddings.word_embeddings.weight', 1);
  return {
    kind: 'bert',
    vocabSize: model.size('bert.embeddings.word_embeddings.weight', 0),
    hidden,
    layers: model.count(layer, '.output.dense.weight'),
    heads: model.heads('text_hidden_size', hidden),
    intermediate: model.size(`${layer}0.intermediate.dense.weight`, 0),
    maxPositions: model.size('bert.embeddings.position_embeddings.weight', 0),
    typeVocabSize: model.size('bert.embeddings.token_type_embeddings.weight', 0),
    hiddenAct: 'gelu',
    dropout,
    attentionDropout,
    initializerRange,
    layerNormEps,
  };
}

/** Whether two pieces of plain data are the same, whatever the order of their keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
