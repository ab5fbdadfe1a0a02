/** tuwen model inspect. */
export const en = {
  about: 'What a checkpoint is: layout, architecture, types, what is missing. No tensor is read.',
  model: 'a file of weights, a folder, an index of shards, or mini',
  after: `Examples:
tuwen model inspect clip_cn_vit-b-16.pt
tuwen model inspect my-chinese-clip/ --json`,
  rows: {
    file: 'file',
    layout: 'layout',
    architecture: 'architecture',
    adapter: 'adapter',
    name: 'name',
    image: 'image tower',
    text: 'text tower',
    embedDim: 'vectors',
    parameters: 'parameters',
    tensors: 'tensors',
    prefix: 'prefix of names',
    trained: 'trained',
    optimizer: 'optimizer state',
    missing: 'missing',
    unexpected: 'unexpected',
    misshapen: 'misshapen',
    problem: 'problem',
  },
  formats: {
    'torch-zip': 'PyTorch archive',
    'torch-legacy': 'PyTorch file of the old format',
    torchscript: 'TorchScript archive',
    safetensors: 'safetensors',
  },
  unknown: 'unknown',
  unpublished: 'none of the published sizes',
  shards: (count: number) => `in ${count} shards`,
  vit: (resolution: number, patch: number, width: number, layers: string, heads: number | string) =>
    `ViT, pictures ${resolution} × ${resolution} in patches of ${patch}, width ${width}, layers ${layers}, heads ${heads}`,
  resnet: (resolution: number, width: number, layers: string, heads: number | string) =>
    `ResNet, pictures ${resolution} × ${resolution}, width ${width}, blocks ${layers}, heads ${heads}`,
  text: (kind: string, hidden: number, layers: number, heads: number | string, words: number) =>
    `${kind}, width ${hidden}, layers ${layers}, heads ${heads}, words ${words}`,
  adapter: ({ base, rank, alpha }: { base: string; rank: number; alpha: number }) =>
    `for ${base}, rank ${rank}, alpha ${alpha}`,
  trained: (epoch: number | null, step: number | null) =>
    [...(epoch === null ? [] : [`epoch ${epoch}`]), ...(step === null ? [] : [`step ${step}`])].join(', '),
  yes: 'yes',
  no: 'no',
  nothing: 'nothing',
};

export const zh: typeof en = {
  about: '查看权重：布局、结构、数据类型、缺少什么。不读取张量。',
  model: '权重文件、文件夹、分片索引，或 mini',
  after: `例：
tuwen model inspect clip_cn_vit-b-16.pt
tuwen model inspect my-chinese-clip/ --json`,
  rows: {
    file: '文件',
    layout: '布局',
    architecture: '结构',
    adapter: '适配器',
    name: '名称',
    image: '图像塔',
    text: '文本塔',
    embedDim: '向量维数',
    parameters: '参数量',
    tensors: '张量数',
    prefix: '名称前缀',
    trained: '训练进度',
    optimizer: '优化器状态',
    missing: '缺少',
    unexpected: '多余',
    misshapen: '形状不符',
    problem: '问题',
  },
  formats: {
    'torch-zip': 'PyTorch 归档文件',
    'torch-legacy': 'PyTorch 旧格式文件',
    torchscript: 'TorchScript 归档文件',
    safetensors: 'safetensors 文件',
  },
  unknown: '未知',
  unpublished: '不是已发布的规格',
  shards: (count) => `共 ${count} 个分片`,
  vit: (resolution, patch, width, layers, heads) =>
    `ViT，图片 ${resolution} × ${resolution}，每块 ${patch}，宽度 ${width}，层数 ${layers}，注意力头 ${heads}`,
  resnet: (resolution, width, layers, heads) =>
    `ResNet，图片 ${resolution} × ${resolution}，宽度 ${width}，各级块数 ${layers}，注意力头 ${heads}`,
  text: (kind, hidden, layers, heads, words) =>
    `${kind}，宽度 ${hidden}，层数 ${layers}，注意力头 ${heads}，词数 ${words}`,
  adapter: ({ base, rank, alpha }) => `用于 ${base}，秩 ${rank}，alpha ${alpha}`,
  trained: (epoch, step) =>
    [...(epoch === null ? [] : [`第 ${epoch} 轮`]), ...(step === null ? [] : [`第 ${step} 步`])].join('，'),
  yes: '有',
  no: '无',
  nothing: '无',
};
