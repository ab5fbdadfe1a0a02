/** tuwen data inspect. */
export const en = {
  about: 'Count, preview and check a data set: what is wrong is named with file and line.',
  path: 'a folder, a shard or a .tsv of a data set',
  sample: 'decode this many pictures, drawn at random; default: all',
  batch: 'the batch for which false negatives are told',
  context: 'tokens of the longest text that is not cut',
  preview: 'how many records to show',
  after: `Ends with 1 where something is wrong that official scripts stumble over; lines that end with CR LF are only named.

Examples:
tuwen data inspect MUGE --sample 1000
tuwen data inspect photos --json`,
  head: (path: string, form: string) => `${path}: ${form}`,
  unused: (pictures: number, texts: number) =>
    `pictures without texts: ${pictures}, texts without pictures: ${texts}`,
  checked: (checked: number, broken: number) => `pictures decoded: ${checked}, broken: ${broken}`,
  sizes: (smallest: string, largest: string) => `sizes: ${smallest} to ${largest}; longer side`,
  longer: (from: number, to: number | undefined) => (to === undefined ? `${from}–` : `${from}–${to}`),
  distinct: (distinct: number, count: number) => `different texts: ${distinct} of ${count}`,
  falseNegatives: (batch: number, expected: string) => `false negatives in a batch of ${batch}: ${expected}`,
  cut: (count: number, context: number) => `texts longer than ${context} tokens, which are cut: ${count}`,
  more: (count: number) => `and ${count} more`,
  sound: 'nothing wrong found',
  kinds: (count: number) => `kinds of findings: ${count}`,
};

export const zh: typeof en = {
  about: '统计、预览并检查数据集：问题均注明文件与行号。',
  path: '数据集的文件夹、分片或 .tsv',
  sample: '随机解码的图片数；默认全部',
  batch: '按多大的批次估算假负样本',
  context: '文字不被截断的最大词元数',
  preview: '显示多少条记录',
  after: `有会让官方脚本出错的问题时以 1 结束；以 CR LF 结尾的行只作提示。

例：
tuwen data inspect MUGE --sample 1000
tuwen data inspect 照片 --json`,
  head: (path, form) => `${path}：${form}`,
  unused: (pictures, texts) => `没有文字的图片：${pictures}，没有图片的文字：${texts}`,
  checked: (checked, broken) => `已解码图片：${checked}，损坏：${broken}`,
  sizes: (smallest, largest) => `尺寸：${smallest} 至 ${largest}；按长边`,
  longer: (from, to) => (to === undefined ? `${from} 以上` : `${from}–${to}`),
  distinct: (distinct, count) => `不同的文字：${distinct} / ${count}`,
  falseNegatives: (batch, expected) => `批次为 ${batch} 时的假负样本：${expected}`,
  cut: (count, context) => `超过 ${context} 个词元、会被截断的文字：${count}`,
  more: (count) => `另有 ${count} 处`,
  sound: '没有发现问题',
  kinds: (count) => `问题种类：${count}`,
};
