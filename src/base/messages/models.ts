import { row, show } from './row.ts';

/** Models. */
export const MODELS = {
  TUWEN_MODEL_NOT_CHOSEN: row<Record<string, never>>(
    [
      () => 'no model was named',
      () =>
        'Make one the default: tuwen model use ViT-B-16 (753 MB, downloaded once); or name one: --model mini (shipped) for drawings, or a folder of weights.',
    ],
    [
      () => '没有指定模型',
      () =>
        '请设定默认模型：tuwen model use ViT-B-16（753 MB，只下载一次）；或指定模型：--model mini（自带，仅适合图画），或权重文件夹。',
    ],
  ),
  TUWEN_MODEL_UNKNOWN: row<{ model: string }>(
    [
      (v) => `no model called ${show(v.model)}, and no such folder`,
      () =>
        'Give a name (tuwen model list), an id such as OFA-Sys/chinese-clip-vit-base-patch16, the path of a folder or file of weights, or mini.',
    ],
    [
      (v) => `没有名为 ${show(v.model)} 的模型，也没有这个文件夹`,
      () =>
        '请给出名称（见 tuwen model list）、OFA-Sys/chinese-clip-vit-base-patch16 这样的仓库名、权重文件夹或文件的路径，或使用 mini。',
    ],
  ),
} as const;
