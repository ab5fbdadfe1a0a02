/** tuwen data: what its commands share. */
export const en = {
  about: 'Image–text data sets: check them, build them, convert them.',
  form: 'the form to read, where the input holds several',
  splits: 'splits, between commas; default: all',
  noSplit: 'no split named',
  skipBroken:
    'decode every picture; leave out those that cannot be read and mentions of them, and name them all',
  force: 'replace splits that are there already',
  wrote: (output: string, from: string, to: string) => `${output}: ${to}, from ${from}`,
  split: (split: string, pictures: number, texts: number, pairs: number) =>
    `${split}: ${pictures} pictures, ${texts} texts, ${pairs} pairs`,
  leftOut: (count: number) => `left out: ${count}`,
};

export const zh: typeof en = {
  about: '图文数据集：检查、生成、转换。',
  form: '要读取的形式，用于输入含有多种形式时',
  splits: '划分名称，用逗号隔开；默认全部',
  noSplit: '没有给出划分',
  skipBroken: '解码每张图片；略过读不出的图片及对它们的引用，并逐一列出',
  force: '替换已有的划分',
  wrote: (output, from, to) => `${output}：${to}，来自 ${from}`,
  split: (split, pictures, texts, pairs) =>
    `${split}：图片 ${pictures} 张，文字 ${texts} 段，图文对 ${pairs} 个`,
  leftOut: (count) => `略过 ${count} 处`,
};
