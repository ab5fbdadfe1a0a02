import type { Texts } from './texts.ts';

export const zh: Texts = {
  program: {
    about: '中文图文理解：特征向量、匹配概率、零样本分类。',
    after: `从这里开始：
  tuwen demo
  tuwen match 照片.jpg 猫 狗 --model <Chinese-CLIP 权重文件夹>`,
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
  },

  options: {
    model: 'Chinese-CLIP 权重文件夹，或 mini（自带，仅适合图画）；不写时用 TUWEN_MODEL 所指的模型',
    precision: '模型计算所用的数值精度，默认 fp32',
    device: '运行模型的设备，默认 cpu',
    threads: '模型的线程数，默认等于处理器数',
    lang: '提示信息的语言',
    json: '标准输出只打印 JSON',
  },

  match: {
    about: '一张图片与几段文字的匹配程度：在这些文字之间的概率，以及余弦。',
    image: '图片的路径或网址',
    text: '供选择的文字',
    after: `例：
  tuwen match 照片.jpg 猫 狗 一只戴着眼镜的猫`,
    columns: { text: '文字', probability: '概率', cosine: '余弦' },
  },

  classify: {
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
  },

  embed: {
    about: '图片和文字的特征向量，输出为 JSON 行或文件。',
    images: '文件、文件夹（含各级子文件夹）、通配符、网址，或由编号和 base64 组成的 .tsv',
    texts: '文字文件，每行一段；或内容为 {"text_id", "text"} 的 .jsonl',
    raw: '输出模型的原始向量，不归一化为单位长度',
    output: '写入的文件：.jsonl、.npy 或 .safetensors；默认在标准输出打印 JSON 行',
    after: `每行为 {"image": 路径, "feature": […]} 或 {"text": 文字, "feature": […]}；来自 .tsv 时为 {"image_id", "feature"}，
来自 .jsonl 时为 {"text_id", "feature"}，与 Chinese-CLIP 官方脚本的文件相同，并遵循其规则：不按 EXIF 旋转，文字转为小写。

  vectors.npy           float32 [行数, 维数]；各行对应的名称在 vectors.names.json 里
  vectors.safetensors   image_features、text_features；名称在元数据 image_names、text_names 里

例：
  tuwen embed --images 照片/ -o 照片.npy
  tuwen embed --images '照片/**/*.jpg' --texts 名称.txt > vectors.jsonl`,
    nothing: '没有输入：请使用 --images、--texts，或两者都用',
    badOutput: (path, known) => `看不出 ${path} 是什么格式；可用的扩展名：${known}`,
    oneKind: '.npy 文件只能存放图片或文字中的一种：--images 与 --texts 请只用一个',
    wrote: (path, images, texts, dim) =>
      `${path}：${[...(images > 0 ? [`图片 ${images} 张`] : []), ...(texts > 0 ? [`文字 ${texts} 段`] : [])].join('，') || '没有内容'}，${dim} 维`,
  },

  demo: {
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
    glosses: {},
  },

  model: {
    ask: '用哪个模型？',
    mini: 'mini（自带，仅适合图画）',
    folder: '或输入 Chinese-CLIP 权重文件夹的路径',
    prompt: '编号或路径：',
    reading: '读取权重',
  },

  progress: {
    images: '图片',
    texts: '文字',
  },
  timeLeft: (time) => `剩余 ${time}`,
  stopping: '正在停止。再按一次 Ctrl-C 立即结束。',

  errors: {
    title: '错误：',
    code: (code) => `［${code}］`,
    unexpected: '这是 tuwen 自身的错误：',
    seeHelp: (command) => `用法见 ${command} --help。`,
    unread: (count) => `有 ${count} 个无法读取，已略过。`,
    notUtf8: '不是 UTF-8 文本',
    longLine: (line) => `第 ${line} 行过长`,
    badLine: (line, expected) => `第 ${line} 行不是 ${expected}`,
    noLines: (path) => `${path} 里没有内容`,
  },

  usage: {
    missingArgument: (name) => `缺少参数 <${name}>`,
    optionMissingArgument: (flags) => `${flags} 需要一个值`,
    missingMandatoryOptionValue: (flags) => `必须使用选项 ${flags}`,
    conflictingOption: (one, other) => `${one} 与 ${other} 不能同时使用`,
    unknownOption: (flag) => `没有选项 ${flag}`,
    unknownCommand: (name) => `没有命令 ${name}`,
    excessArguments: (expected, got) => `参数过多：应为 ${expected} 个，实为 ${got} 个`,
    invalidArgument: (what, value, reason) => `${what}：${value} 不是${reason}`,
    didYouMean: (sentence, name) => `${sentence}。是否想用 ${name}？`,
    oneOf: (list) => ` ${list} 之一`,
    wholeNumber: '不小于 1 的整数',
  },
};
