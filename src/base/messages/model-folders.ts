import { inChinese } from './phrases.ts';
import { listed, row, show } from './row.ts';

/** Model folders. */
export const MODEL_FOLDERS = {
  TUWEN_CONFIG_INVALID: row<{ file: string; key: string; got: unknown; expected: string }>(
    [
      (v) => `${v.file}: ${v.key} is ${show(v.got)}, expected ${v.expected}`,
      (v) => `Correct ${v.key} in ${v.file}, or fetch the file again.`,
    ],
    [
      (v) => `${v.file}：${v.key} 为 ${show(v.got)}，应为 ${inChinese(v.expected)}`,
      (v) => `请更正 ${v.file} 中的 ${v.key}，或重新获取该文件。`,
    ],
  ),
  TUWEN_CONFIG_UNSUPPORTED: row<{ file: string; key: string; got: unknown; supported: string }>(
    [
      (v) => `${v.file}: ${v.key} ${show(v.got)} is not supported, only ${v.supported}`,
      () => "Use a Chinese-CLIP or one of OpenAI's CLIP models; this one computes otherwise.",
    ],
    [
      (v) => `${v.file}：不支持 ${v.key} ${show(v.got)}，仅支持 ${v.supported}`,
      () => '请使用 Chinese-CLIP 或 OpenAI 的 CLIP 模型；该模型的计算方式不同。',
    ],
  ),
  TUWEN_ARCHITECTURE_UNKNOWN: row<{
    path: string;
    reason: string;
    /** Whether several configurations fit, which `reason` lists. */
    ambiguous?: boolean;
  }>(
    [
      (v) =>
        v.ambiguous
          ? `several configurations beside ${v.path} fit it: ${v.reason}`
          : `cannot tell the architecture of ${v.path}: ${v.reason}`,
      (v) =>
        v.ambiguous
          ? 'Leave only the two of this model (vision and text) beside the weights.'
          : "Put the model's two cn_clip configuration files (vision and text) beside the weights.",
    ],
    [
      (v) =>
        v.ambiguous
          ? `${v.path} 旁边有多份配置都与它相符：${v.reason}`
          : `无法确定 ${v.path} 的结构：${v.reason}`,
      (v) =>
        v.ambiguous
          ? '请只在权重旁边留下该模型的两个配置文件（图像与文本）。'
          : '请把该模型的两个 cn_clip 配置文件（图像与文本）放在权重旁边。',
    ],
  ),
  TUWEN_VOCABULARY_MISSING: row<{ path: string; file: 'vocab.txt' | 'merges.txt'; words: number }>(
    [
      (v) => `no ${v.file} beside ${v.path}, which has ${v.words} word embeddings`,
      (v) => `Put the model's ${v.file} beside the weights.`,
    ],
    [
      (v) => `${v.path} 有 ${v.words} 个词向量，但旁边没有 ${v.file}`,
      (v) => `请把该模型的 ${v.file} 放在权重旁边。`,
    ],
  ),
  TUWEN_LAYOUT_UNKNOWN: row<{ path: string; found: readonly string[]; known: readonly string[] }>(
    [
      (v) => [`${v.path} is not a model of a known layout`, ...listed('found', v.found, ', ')].join('; '),
      (v) => `Give a folder or file in one of these layouts: ${v.known.join(', ')}.`,
    ],
    [
      (v) => [`${v.path} 不是已知布局的模型`, ...listed('其中有', v.found, '、')].join('；'),
      (v) => `请使用以下布局之一的模型文件夹或文件：${v.known.join('、')}。`,
    ],
  ),
  TUWEN_LAYOUT_UNFIT: row<{ layout: string; model: 'resnet' | 'english' }>(
    [
      (v) =>
        `the layout ${v.layout} cannot hold ${v.model === 'resnet' ? 'a ResNet' : 'an English CLIP'}: ${v.layout === 'hf' || v.layout === 'modelscope' ? 'its library has no such model' : 'it has no such tensors'}`,
      (v) => `Choose ${v.model === 'resnet' ? 'cn_clip or tuwen' : 'tuwen'} as the layout.`,
    ],
    [
      (v) =>
        `布局 ${v.layout} 无法存放${v.model === 'resnet' ? ' ResNet ' : '英文 CLIP '}模型：${v.layout === 'hf' || v.layout === 'modelscope' ? '对应的库没有这种模型' : '该布局没有这些张量'}`,
      (v) => `请改用布局 ${v.model === 'resnet' ? 'cn_clip 或 tuwen' : 'tuwen'}。`,
    ],
  ),
  TUWEN_TARGET_EXISTS: row<{
    path: string;
    /** Whether asking for it replaces what is there. */
    replaceable: boolean;
  }>(
    [
      (v) =>
        v.replaceable ? `${v.path} exists already` : `${v.path} is a folder with more than a model in it`,
      (v) =>
        v.replaceable
          ? 'Choose another place, or replace it: --force, in the library { force: true }.'
          : 'Choose another place, or remove it yourself.',
    ],
    [
      (v) => (v.replaceable ? `${v.path} 已经存在` : `文件夹 ${v.path} 里不止有一个模型`),
      (v) =>
        v.replaceable
          ? '请换一个位置；若要替换，请使用 --force（在库中为 { force: true }）。'
          : '请换一个位置，或自行删除该文件夹。',
    ],
  ),
} as const;
