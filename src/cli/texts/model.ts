/** Choosing and loading a model. */
export const en = {
  ask: 'Which model?',
  mini: 'mini (shipped; drawings only)',
  folder: 'or the path of a folder with a Chinese-CLIP checkpoint',
  prompt: 'Number or path: ',
  reading: 'reading weights',
};

export const zh: typeof en = {
  ask: '用哪个模型？',
  mini: 'mini（自带，仅适合图画）',
  folder: '或输入 Chinese-CLIP 权重文件夹的路径',
  prompt: '编号或路径：',
  reading: '读取权重',
};
