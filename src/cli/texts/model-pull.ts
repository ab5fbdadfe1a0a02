/** tuwen model pull, and the options of downloads. */
export const en = {
  about: 'Download a model, or what has changed of it; an interrupted download goes on.',
  model: 'a name or the id of a repository; left out, the default model',
  revision: 'branch, tag or commit; default: the main one, or the one a model was published as',
  hub: 'the one hub to ask; default: what TUWEN_HUB lists, else both in this order',
  mirror: "asked instead of the hub's own address",
  cacheDir: "the folder to keep it in, instead of the hub's own cache",
  offline: 'download nothing; only look whether it is there',
  address: 'an address such as https://mirror.example',
  after: `Examples:
tuwen model pull ViT-B-16
tuwen model pull ViT-H-14 --hub modelscope
tuwen model pull OFA-Sys/chinese-clip-vit-base-patch16 --mirror https://mirror.example`,
  done: (model: string, path: string, hub: string, id: string) => `${model}: ${path}\n(${hub}, ${id})`,
  local: (model: string, path: string) => `${model} is on this machine: ${path}`,
};

export const zh: typeof en = {
  about: '下载模型，或其中有变化的文件；中断的下载会继续。',
  model: '名称或仓库名；不写时为默认模型',
  revision: '分支、标签或提交；默认为主分支，或模型发布时的版本',
  hub: '只访问这个模型库；默认按 TUWEN_HUB 所列，否则依次访问二者',
  mirror: '代替模型库自己的地址',
  cacheDir: '存放的文件夹，代替模型库自己的缓存',
  offline: '不下载，只看本机是否已有',
  address: '网址（如 https://mirror.example）',
  after: `例：
tuwen model pull ViT-B-16
tuwen model pull ViT-H-14 --hub modelscope
tuwen model pull OFA-Sys/chinese-clip-vit-base-patch16 --mirror https://mirror.example`,
  done: (model, path, hub, id) => `${model} 在 ${path}\n（来自 ${hub}，${id}）`,
  local: (model, path) => `${model} 就在本机：${path}`,
};
