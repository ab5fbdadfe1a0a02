/** Choosing and loading a model. */
export const en = {
  ask: 'Which model?',
  mini: 'shipped; drawings only',
  download: (size: string) => `${size} to download`,
  present: 'on this machine',
  other: 'or the id of a repository, or the path of a folder with a Chinese-CLIP checkpoint',
  keep: 'tuwen model use <name> keeps the choice.',
  prompt: 'Number, name or path: ',
  downloading: (model: string) => `downloading ${model}`,
  reading: 'reading weights',
};

export const zh: typeof en = {
  ask: '用哪个模型？',
  mini: '自带，仅适合图画',
  download: (size) => `需下载 ${size}`,
  present: '本机已有',
  other: '或输入仓库名，或 Chinese-CLIP 权重文件夹的路径',
  keep: '用 tuwen model use <名称> 可记住选择。',
  prompt: '编号、名称或路径：',
  downloading: (model) => `下载 ${model}`,
  reading: '读取权重',
};
