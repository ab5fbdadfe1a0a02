/** tuwen model export. */
export const en = {
  about: 'A model as ONNX graphs, for ONNX Runtime and other engines, or as a folder for transformers.js.',
  paths: 'the model, unless --model or TUWEN_MODEL names it; and the folder to write',
  usage: '[options] [model] <folder>',
  format: 'onnx: a graph for each tower; transformers.js: the folder it loads; default onnx',
  precision: 'between commas: fp32, fp16, int8, int4; default fp32',
  tower: 'between commas: image, text, joint (both towers and their scores), or all; default all',
  externalData: 'weights in files of their own; without it only beyond 2 GB',
  noCheck: 'write only: do not compare with the model',
  images: 'pictures to compare on; default: the ones that come along',
  texts: 'file with texts to compare on, one a line; default: what those pictures show',
  writing: 'writing',
  jointOnly: '--tower: transformers.js loads the joint graph only',
  wanted: (list: string) => `one or several of ${list}, between commas`,
  tooMany: 'name at most a model and a folder',
  twice: 'the model is named twice: as an argument and by --model',
  columns: {
    file: 'file',
    size: 'MB',
    image: 'image cosine',
    text: 'text cosine',
    largest: 'largest difference',
    first: 'same first',
    order: 'same order',
  },
  note: (images: number, texts: number) =>
    `Compared with the model in fp32 on ${images} pictures and ${texts} texts: the lowest cosine, the largest difference of unit
vectors, how many rankings have the same first, how many pairs stand in the same order.`,
  after: `Files of --format onnx are image.onnx, text.onnx, joint.onnx, with _fp16, _int8, _int4 behind the name, and vocab.txt
and tokenizer.json. Those of transformers.js lie in onnx/: model.onnx, model_fp16.onnx, model_quantized.onnx, model_q4.onnx.

Examples:
tuwen model export my-chinese-clip onnx/
tuwen model export my-chinese-clip web/ --format transformers.js --precision fp32,int8`,
};

export const zh: typeof en = {
  about: '把模型导出为 ONNX 计算图（供 ONNX Runtime 等引擎使用），或 transformers.js 的模型文件夹。',
  paths: '模型（已用 --model 或 TUWEN_MODEL 指定时可省略）和要写入的文件夹',
  usage: '[选项] [模型] <文件夹>',
  format: 'onnx：每个塔一个计算图；transformers.js：该库加载的文件夹；默认 onnx',
  precision: '用逗号分隔：fp32、fp16、int8、int4；默认 fp32',
  tower: '用逗号分隔：image、text、joint（两个塔及其分数），或 all；默认 all',
  externalData: '权重单独成文件；不加时仅超过 2 GB 才如此',
  noCheck: '只写入，不与原模型比较',
  images: '用于比较的图片；默认用自带的图片',
  texts: '用于比较的文字文件，每行一段；默认为这些图片的内容',
  writing: '写入',
  jointOnly: '--tower：transformers.js 只加载 joint 计算图',
  wanted: (list) => `${list} 中的一项或几项，用逗号分隔`,
  tooMany: '最多写一个模型和一个文件夹',
  twice: '模型指定了两次：参数和 --model',
  columns: {
    file: '文件',
    size: '大小（MB）',
    image: '图像余弦',
    text: '文本余弦',
    largest: '最大差',
    first: '首位相同',
    order: '次序相同',
  },
  note: (images, texts) =>
    `在 ${images} 张图片和 ${texts} 段文字上与 fp32 原模型比较：最低余弦、单位向量的最大差、首位相同的排名所占比例、次序相同的配对所占比例。`,
  after: `--format onnx 的文件为 image.onnx、text.onnx、joint.onnx，其他精度在名称后加 _fp16、_int8、_int4，另有 vocab.txt
和 tokenizer.json。transformers.js 的文件在 onnx/ 里：model.onnx、model_fp16.onnx、model_quantized.onnx、model_q4.onnx。

例：
tuwen model export my-chinese-clip onnx/
tuwen model export my-chinese-clip web/ --format transformers.js --precision fp32,int8`,
};
