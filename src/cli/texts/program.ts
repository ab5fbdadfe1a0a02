/** The program itself. */
export const en = {
  about: 'Chinese image–text understanding: feature vectors, match probabilities, labels.',
  after: `Begin with:
tuwen demo
tuwen model use ViT-B-16
tuwen match photo.jpg 猫 狗`,
  version: 'show the version',
  help: 'show this help',
  helpCommand: 'show the help of a command',
  headings: {
    'Usage:': 'Usage:',
    'Arguments:': 'Arguments:',
    'Options:': 'Options:',
    'Commands:': 'Commands:',
  },
  words: { '[options]': '[options]', '[command]': '[command]' },
  choices: (list: string) => `one of ${list}`,
};

export const zh: typeof en = {
  about: '中文图文理解：特征向量、匹配概率、零样本分类。',
  after: `从这里开始：
tuwen demo
tuwen model use ViT-B-16
tuwen match 照片.jpg 猫 狗`,
  version: '显示版本号',
  help: '显示帮助',
  helpCommand: '显示某个命令的帮助',
  headings: {
    'Usage:': '用法：',
    'Arguments:': '参数：',
    'Options:': '选项：',
    'Commands:': '命令：',
  },
  words: { '[options]': '[选项]', '[command]': '[命令]' },
  choices: (list) => `可选 ${list}`,
};
