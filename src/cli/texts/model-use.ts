/** tuwen model use. */
export const en = {
  about: 'Make a model the default: the one of every command that is given no --model.',
  model: 'a name, the id of a repository, the path of a checkpoint, or mini',
  after: `Examples:
tuwen model use ViT-B-16
tuwen model use damo/multi-modal_clip-vit-large-patch14_zh
tuwen model use ./my-chinese-clip`,
  done: (model: string) => `${model} is the default now.`,
  absent: (model: string, size: string) =>
    `It is not on this machine yet (${size}): the first command that needs it downloads it, or tuwen model pull ${model}.`,
  overridden: (model: string) => `TUWEN_MODEL is set, and goes before it: ${model}`,
};

export const zh: typeof en = {
  about: '设定默认模型：没有写 --model 的命令都用它。',
  model: '名称、仓库名、权重的路径，或 mini',
  after: `例：
tuwen model use ViT-B-16
tuwen model use damo/multi-modal_clip-vit-large-patch14_zh
tuwen model use ./my-chinese-clip`,
  done: (model) => `默认模型已设为 ${model}。`,
  absent: (model, size) =>
    `本机还没有它（${size}）：第一次用到时会下载，也可先运行 tuwen model pull ${model}。`,
  overridden: (model) => `环境变量 TUWEN_MODEL 优先：${model}`,
};
