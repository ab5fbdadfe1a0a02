/** tuwen index, tuwen search, tuwen duplicates. */
export const en = {
  collection: 'name of the collection; default: default',
  store: 'where it is kept: embedded (on this machine, default) or milvus://host:port',
  where: 'only pictures that pass, such as: folder = trips and taken >= 2024-05',
  minScore: 'only cosines of at least this',
  number: 'a number',
  cosine: 'a cosine, -1 to 1',
  index: {
    about: 'Keep a collection in step with folders of pictures, to be searched.',
    folders: 'folders to add; left out: those added before',
    watch: 'go on and follow changes, until Ctrl-C',
    retry: 'try files again that failed and have not changed since',
    wait: 'wait where another process works on the collection',
    forget: 'remove the pictures of a folder, and no longer keep in step with it',
    nothing: 'the collection has no folders yet: name one',
    forgetAlone: '--forget goes without folders and without --watch',
    looking: 'looking',
    arranging: 'arranging',
    done: (collection: string, count: number) => `${collection}: ${count} pictures`,
    changes: (added: number, updated: number, removed: number, unchanged: number) =>
      `${added} added, ${updated} updated, ${removed} removed, ${unchanged} unchanged`,
    failed: (count: number) => `${count} could not be taken in.`,
    forgotten: (folder: string, count: number) => `${folder}: ${count} pictures removed from the collection`,
    watching: 'Following changes. Ctrl-C ends it.',
    next: 'Search them: tuwen search 雪山',
    after: `Only what is new or changed is looked at; files that were moved keep their vectors. Hidden files, and what a
.tuwenignore (in the syntax of .gitignore) lists, are left out. <file>.json beside a picture gives it fields of its own.

Examples:
tuwen index ~/照片
tuwen index --watch
tuwen index --collection work --store milvus://127.0.0.1:19530 /data/pictures`,
  },
  search: {
    about: 'Find pictures of a collection by words, by a picture, or both.',
    query: "what to look for, in one argument: '狗 +雪地 -室内'",
    image: 'a picture to look for: file or address',
    id: 'an item of the collection to look for, by its id',
    top: 'how many to show; default 20',
    offset: 'how many of the best to leave out',
    format: 'table (default), paths, jsonl or csv',
    links: 'make links to the found pictures in a folder',
    copies: 'copy the found pictures to a folder',
    nothing: 'nothing to look for: give words, --image or --id',
    columns: { path: 'picture', score: 'cosine' },
    none: 'no pictures found',
    exported: (count: number, folder: string) => `${folder}: ${count} pictures`,
    after: `+ and - before a word weigh it in and out, and a number with * how much: '狗 +0.5*雪地'. What stands between double
quotation marks is taken as it is.

--where compares path, name, folder, hash, size, width, height, modified, taken and fields.… (from <file>.json) with
= != < <= > >= and ~ (contains), joined by and, or, not and parentheses.

Examples:
tuwen search 过年喜庆对联
tuwen search '海边 -人' --where 'folder = 旅行 and taken = 2024'
tuwen search --image cat.jpg --top 5 --format paths`,
  },
  duplicates: {
    about: 'Pictures that are there twice, or almost.',
    minScore: 'also pictures that are alike, with cosines of at least this; left out: the same content',
    none: 'no duplicates',
    group: (count: number) => `${count} alike`,
    total: (groups: number, spare: number) => `${groups} groups, ${spare} pictures more than needed`,
    after: `How alike is alike depends on the model and on your pictures: begin with --min-score 0.98 and look.

Examples:
tuwen duplicates
tuwen duplicates --min-score 0.98 --where 'folder = 旅行'`,
  },
};

export const zh: typeof en = {
  collection: '图库名称，默认 default',
  store: '存放位置：embedded（本机，默认）或 milvus://主机:端口',
  where: '只要符合条件的图片，例如：folder = 旅行 and taken >= 2024-05',
  minScore: '只要余弦不低于此值的',
  number: '数字',
  cosine: '余弦值，-1 到 1',
  index: {
    about: '让图库与图片文件夹保持一致，以便搜索。',
    folders: '要加入的文件夹；不写则为以前加入的',
    watch: '持续跟踪变化，直到 Ctrl-C',
    retry: '重试以前失败且未变的文件',
    wait: '另一个进程正在使用该图库时等待',
    forget: '从图库移除一个文件夹的图片，并不再与之保持一致',
    nothing: '图库还没有文件夹：请指定一个',
    forgetAlone: '--forget 不能与文件夹或 --watch 同用',
    looking: '查看文件',
    arranging: '整理向量',
    done: (collection, count) => `${collection}：共 ${count} 张图片`,
    changes: (added, updated, removed, unchanged) =>
      `新增 ${added}，更新 ${updated}，移除 ${removed}，未变 ${unchanged}`,
    failed: (count) => `有 ${count} 个未能编入。`,
    forgotten: (folder, count) => `${folder}：已从图库移除 ${count} 张图片`,
    watching: '正在跟踪变化，按 Ctrl-C 结束。',
    next: '现在可以搜索：tuwen search 雪山',
    after: `只处理新增和变动的文件；移动过的文件保留其向量。隐藏文件，以及 .tuwenignore（语法同 .gitignore）所列的，都会略过。
图片旁的 <文件>.json 可为它添加自定义字段。

例：
tuwen index ~/照片
tuwen index --watch
tuwen index --collection work --store milvus://127.0.0.1:19530 /data/pictures`,
  },
  search: {
    about: '用文字、图片或两者一起，在图库里找图片。',
    query: "要找的内容，写成一个参数：'狗 +雪地 -室内'",
    image: '以图搜图：文件或网址',
    id: '以图库中的条目搜图：条目的 id',
    top: '显示多少张，默认 20',
    offset: '略过最前面的多少张',
    format: '输出格式：table（默认）、paths、jsonl 或 csv',
    links: '在文件夹里为找到的图片建立链接',
    copies: '把找到的图片复制到文件夹',
    nothing: '没有要找的内容：请写文字，或使用 --image、--id',
    columns: { path: '图片', score: '余弦' },
    none: '没有找到图片',
    exported: (count, folder) => `${folder}：${count} 张图片`,
    after: `词前的 + 与 - 表示加上与减去，数字和 * 表示权重：'狗 +0.5*雪地'。双引号之间的内容按原样处理。

--where 可比较 path、name、folder、hash、size、width、height、modified、taken 和 fields.…（来自 <文件>.json），
运算符有 = != < <= > >= 与 ~（包含），可用 and、or、not 和括号组合。

例：
tuwen search 过年喜庆对联
tuwen search '海边 -人' --where 'folder = 旅行 and taken = 2024'
tuwen search --image cat.jpg --top 5 --format paths`,
  },
  duplicates: {
    about: '找出重复或几乎重复的图片。',
    minScore: '也找相似的图片：余弦不低于此值；不写则只找内容相同的',
    none: '没有重复的图片',
    group: (count) => `${count} 张相同或相似`,
    total: (groups, spare) => `共 ${groups} 组，多出 ${spare} 张`,
    after: `多像才算像，取决于模型和您的图片：可从 --min-score 0.98 开始，看看结果。

例：
tuwen duplicates
tuwen duplicates --min-score 0.98 --where 'folder = 旅行'`,
  },
};
