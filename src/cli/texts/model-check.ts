/** tuwen model check. */
export const en = {
  about:
    'Is this model what it should be? Its files, tensors, tokenizer and vectors, held against what is known.',
  model: 'as for --model elsewhere; left out, the default model',
  image:
    "the published example's picture, pokemon.jpeg of Chinese-CLIP's repository: reproduces its probabilities",
  checking: 'checking',
  after: `Ends with 1 where something is not as it should be. Reads the model several times: a large one takes minutes.

Examples:
tuwen model check mini
tuwen model check ViT-B-16 --image pokemon.jpeg`,
  columns: { check: 'check', result: 'result', what: 'what was seen' },
  checks: {
    files: 'files',
    tensors: 'tensors',
    tokenizer: 'tokenizer',
    vectors: 'vectors',
    lowerings: 'operators',
    int8: '8 bits',
    'example-fp32': 'example, fp32',
    'example-fp16': 'example, fp16',
  },
  status: { passed: 'passed', failed: 'failed', skipped: 'skipped' },
  seen: {
    files: (count: number) => `${count} files, by the hashes announced for them`,
    tensors: (count: number) => `${count} tensors: names, shapes, every number finite`,
    tokenizer: (count: number) => `${count} texts have the ids of the reference`,
    vectors: (count: number) => `${count} vectors beside those of cn_clip`,
    lowerings: (count: number) => `${count} vectors by the serving operators, beside the differentiable ones`,
    int8: (count: number) => `${count} vectors in 8 bits beside fp32`,
    'example-fp32': (count: number) => `${count} probabilities beside those of Hugging Face's model card`,
    'example-fp16': (count: number) => `${count} probabilities beside those of Chinese-CLIP's README`,
  },
  reasons: {
    'hashes-unknown': 'no hash is known for these files; tuwen model pull holds downloads to theirs',
    'vocabulary-own': 'the vocabulary is not the published one',
    'vectors-unknown': 'only mini has stored vectors',
    'picture-missing': 'needs --image with the picture of the published example',
    'example-unpublished': 'published for ViT-B-16 only',
  },
  largest: (difference: string) => `largest difference ${difference}`,
  largestOf: (difference: string, limit: string) => `largest difference ${difference} (at most ${limit})`,
  cosine: (cosine: string) => `lowest cosine ${cosine}`,
  cosineOf: (cosine: string, limit: string) => `lowest cosine ${cosine} (at least ${limit})`,
  wrong: (count: number, names: string) => `${count} wrong: ${names}`,
  size: (architecture: string) => `sizes of ${architecture}`,
  noSize: 'none of the published sizes',
  verdict: (passed: number, failed: number, skipped: number) =>
    `${passed} passed, ${failed} failed, ${skipped} skipped.`,
};

export const zh: typeof en = {
  about: '检查模型是否完好：把文件、张量、分词和向量与已知结果比对。',
  model: '与其他命令的 --model 相同；不写时为默认模型',
  image: '官方示例的图片，即 Chinese-CLIP 仓库中的 pokemon.jpeg：复现其概率',
  checking: '检查',
  after: `发现不符时退出码为 1。模型会被读取多次，大模型需要几分钟。

例：
tuwen model check mini
tuwen model check ViT-B-16 --image pokemon.jpeg`,
  columns: { check: '检查项', result: '结果', what: '说明' },
  checks: {
    files: '文件',
    tensors: '张量',
    tokenizer: '分词',
    vectors: '向量',
    lowerings: '算子',
    int8: '8 位精度',
    'example-fp32': '官方示例（fp32）',
    'example-fp16': '官方示例（fp16 舍入）',
  },
  status: { passed: '通过', failed: '不符', skipped: '跳过' },
  seen: {
    files: (count) => `${count} 个文件，与公布的哈希比对`,
    tensors: (count) => `${count} 个张量：名称、形状，数值均有限`,
    tokenizer: (count) => `${count} 段文本，与参考实现的编号比对`,
    vectors: (count) => `${count} 个向量，与 cn_clip 比对`,
    lowerings: (count) => `${count} 个向量，推理算子与可微算子比对`,
    int8: (count) => `${count} 个向量，8 位与 fp32 比对`,
    'example-fp32': (count) => `${count} 个概率，与 Hugging Face 模型页面比对`,
    'example-fp16': (count) => `${count} 个概率，与 Chinese-CLIP 的 README 比对`,
  },
  reasons: {
    'hashes-unknown': '不知道这些文件的哈希；tuwen model pull 会核对下载文件的哈希',
    'vocabulary-own': '词表不是已发布的那一份',
    'vectors-unknown': '只有 mini 存有参考向量',
    'picture-missing': '需要用 --image 给出官方示例的图片',
    'example-unpublished': '官方只公布了 ViT-B-16 的结果',
  },
  largest: (difference) => `最大差 ${difference}`,
  largestOf: (difference, limit) => `最大差 ${difference}（上限 ${limit}）`,
  cosine: (cosine) => `最低余弦 ${cosine}`,
  cosineOf: (cosine, limit) => `最低余弦 ${cosine}（下限 ${limit}）`,
  wrong: (count, names) => `${count} 处不符：${names}`,
  size: (architecture) => `规格为 ${architecture}`,
  noSize: '不是已发布的规格',
  verdict: (passed, failed, skipped) => `通过 ${passed} 项，不符 ${failed} 项，跳过 ${skipped} 项。`,
};
