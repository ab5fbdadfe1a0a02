/** Options that several commands have. */
export const en = {
  model:
    'a name (tuwen model list), the id of a repository, the path of a checkpoint, or mini (shipped; drawings only); else the default',
  precision: 'numbers the model computes with; default fp32',
  device: 'what the model runs on; default cpu',
  threads: 'threads of the model; default one a processor',
  lang: 'language of messages',
  json: 'print JSON, and nothing else, on standard output',
};

export const zh: typeof en = {
  model: '名称（见 tuwen model list）、仓库名、权重的路径，或 mini（自带，仅适合图画）；不写时用默认模型',
  precision: '模型计算所用的数值精度，默认 fp32',
  device: '运行模型的设备，默认 cpu',
  threads: '模型的线程数，默认等于处理器数',
  lang: '提示信息的语言',
  json: '标准输出只打印 JSON',
};
