/** tuwen classify. */
export const en = {
  about: 'Zero-shot labels for pictures: one line a picture, best label first.',
  image: 'pictures: files, folders (with all below them), globs, addresses, .tsv of id and base64',
  labels: 'labels, separated by commas (, ， or 、)',
  labelsFile: 'file with one label a line',
  templates: 'file with one sentence a line, {} for the label; default: a Chinese ensemble',
  top: 'how many labels to show; default 5, with --json all',
  after: `Example:
tuwen classify photos/ --labels 猫,狗,风景 --top 1`,
  noLabels: 'no labels: give --labels or --labels-file',
  bothLabels: 'give either --labels or --labels-file, not both',
  badTemplate: (template: string) => `this template has no {} for the label: ${template}`,
};

export const zh: typeof en = {
  about: '图片的零样本分类：每张图片一行，最可能的标签在前。',
  image: '图片：文件、文件夹（含各级子文件夹）、通配符、网址，或由编号和 base64 组成的 .tsv',
  labels: '标签，用逗号或顿号（, ， 、）隔开',
  labelsFile: '标签文件，每行一个',
  templates: '句式文件，每行一句，用 {} 代表标签；默认为一组中文句式',
  top: '显示几个标签；默认 5 个，加 --json 时为全部',
  after: `例：
tuwen classify 照片/ --labels 猫、狗、风景 --top 1`,
  noLabels: '没有标签：请使用 --labels 或 --labels-file',
  bothLabels: '--labels 与 --labels-file 只能用一个',
  badTemplate: (template) => `这个句式里没有代表标签的 {}：${template}`,
};
