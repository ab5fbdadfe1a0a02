/** Learning rates that fall with the distance from the output. */
import type { ClipConfig } from '../clip/index.ts';

/**
 * The factor on the learning rate of each parameter: 1 for projections, norms at the end and the logit scale, `decay` for
 * the last block of a tower, `decay`² for the one before, and so on to the embeddings (Clark et al. 2020, ELECTRA,
 * arXiv 2003.10555, appendix A).
 */
export function layerRates(config: ClipConfig, decay: number): (name: string) => number {
  const imageBlocks =
    config.image.kind === 'vit' ? config.image.layers : config.image.layers.reduce((a, b) => a + b, 0);
  const textBlocks = config.text.layers;
  return (name) => {
    const isImage = name.startsWith('visual.');
    const blocks = isImage ? imageBlocks : textBlocks;
    const block = isImage ? imageBlock(config, name) : blockBelow(name);
    if (block !== undefined) return decay ** (blocks - block);
    return isEmbedding(name) ? decay ** (blocks + 1) : 1;
  };
}

/** The number of the block that a parameter belongs to, from 0. */
function imageBlock({ image }: ClipConfig, name: string): number | undefined {
  if (image.kind === 'vit') return blockBelow(name);
  const [, stage, block] = /^visual\.layer(\d)\.(\d+)\./.exec(name) ?? [];
  if (stage === undefined) return undefined;
  const before = image.layers.slice(0, Number(stage) - 1).reduce((a, b) => a + b, 0);
  return before + Number(block);
}

function blockBelow(name: string): number | undefined {
  const number = /(?:resblocks|encoder\.layer)\.(\d+)\./.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** What stands before the first block. */
function isEmbedding(name: string): boolean {
  return /^bert\.embeddings\.|^(token_embedding|positional_embedding)\b|^visual\.(conv\d|bn\d|class_embedding|positional_embedding|ln_pre)\b/.test(
    name,
  );
}
