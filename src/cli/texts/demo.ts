/** tuwen demo. */
export const en = {
  about: 'Shows what Tuwen does, on shipped drawings with the shipped model.',
  title: 'Tuwen · Chinese image–text understanding',
  which: (picture: string) => `Which name fits ${picture}?`,
  find: (query: string, count: number) => `Which of ${count} pictures fits “${query}”?`,
  picture: 'picture',
  next: 'Where to go next',
  mini: 'This was mini, a small model that has seen drawings only. For photographs, use the folder of a Chinese-CLIP checkpoint:',
  commands: `tuwen match photo.jpg 猫 狗 --model <folder>
tuwen classify photos/ --labels 猫,狗,风景 --model <folder>
tuwen embed --images photos/ -o photos.npy --model <folder>`,
  help: 'Everything else: tuwen --help',
  page: 'show the page that finds these pictures, until Ctrl-C',
  port: 'port of the page; default: 8787 or a free one',
  offer: 'The page over these pictures: tuwen demo --page',
  ask: 'Show the page over these pictures? [Y/n]',
  pageAt: (address: string) => `The page: ${address} (Ctrl-C ends it)`,
  glosses: {
    西瓜: 'watermelon',
    草莓: 'strawberry',
    足球: 'football',
    自行车: 'bicycle',
    雪山: 'snowy mountain',
    拉小提琴: 'playing the violin',
  } as Readonly<Record<string, string>>,
};

export const zh: typeof en = {
  about: '用自带的图画和自带的模型演示主要功能。',
  title: 'Tuwen 图文 · 中文图文理解',
  which: (picture) => `哪个名称最符合 ${picture}？`,
  find: (query, count) => `${count} 张图片中，哪张最符合“${query}”？`,
  picture: '图片',
  next: '接下来',
  mini: '以上用的是 mini，一个只见过图画的小模型。处理照片请使用 Chinese-CLIP 权重文件夹：',
  commands: `tuwen match 照片.jpg 猫 狗 --model <文件夹>
tuwen classify 照片/ --labels 猫、狗、风景 --model <文件夹>
tuwen embed --images 照片/ -o 照片.npy --model <文件夹>`,
  help: '全部功能：tuwen --help',
  page: '打开查找这些图片的网页，按 Ctrl-C 结束',
  port: '网页的端口；默认 8787，被占用时另选',
  offer: '查找这些图片的网页：tuwen demo --page',
  ask: '打开查找这些图片的网页吗？[Y/n]',
  pageAt: (address) => `网页：${address}（按 Ctrl-C 结束）`,
  glosses: {},
};
