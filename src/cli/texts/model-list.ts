/** tuwen model list. */
export const en = {
  about: 'The models that have a name: how large they are, and where they lie on this machine.',
  after: `Besides these, --model takes the id of any Chinese-CLIP on Hugging Face or ModelScope, and the path of any
checkpoint.`,
  shipped: 'comes with tuwen; drawings only',
  absent: 'not downloaded',
  legend: '▸ the default',
  noDefault: 'No default yet: tuwen model use <name>.',
  otherDefault: (model: string) => `The default is ${model}.`,
};

export const zh: typeof en = {
  about: '有名称的模型：大小，以及在本机的位置。',
  after: `除此之外，--model 还接受 Hugging Face 或 ModelScope 上任何 Chinese-CLIP 的仓库名，以及任何权重的路径。`,
  shipped: '随 tuwen 自带，仅适合图画',
  absent: '未下载',
  legend: '▸ 为默认模型',
  noDefault: '尚未设定默认模型：tuwen model use <名称>。',
  otherDefault: (model) => `默认模型是 ${model}。`,
};
