/** Which models a layout can hold. */
import { TuwenError } from '../../base/index.ts';
import { type ChineseClipConfig, type ClipConfig, isChinese, type VitConfig } from '../config.ts';
import type { LayoutName } from './layout.ts';

/** A Chinese-CLIP with a Vision Transformer. */
export type ChineseVitConfig = ChineseClipConfig & { readonly image: VitConfig };

/** The configuration of a Chinese-CLIP. Throws TUWEN_LAYOUT_UNFIT for another model. */
export function requireChinese(layout: LayoutName, config: ClipConfig): ChineseClipConfig {
  if (isChinese(config)) return config;
  throw new TuwenError('TUWEN_LAYOUT_UNFIT', { layout, model: 'english' });
}

/** The configuration of a Chinese-CLIP that is no ResNet. Throws TUWEN_LAYOUT_UNFIT for another model. */
export function requireVit(layout: LayoutName, config: ClipConfig): ChineseVitConfig {
  const { image, ...rest } = requireChinese(layout, config);
  if (image.kind === 'vit') return { ...rest, image };
  throw new TuwenError('TUWEN_LAYOUT_UNFIT', { layout, model: 'resnet' });
}
