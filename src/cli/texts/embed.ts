/** tuwen embed. */
export const en = {
  about: 'Feature vectors of pictures and texts, as lines of JSON or a file.',
  images: 'files, folders (with all below them), globs, addresses, .tsv of id and base64',
  texts: 'file with one text a line, or .jsonl of {"text_id", "text"}',
  raw: 'vectors as the model gives them, not scaled to length 1',
  output: 'file to write: .jsonl, .npy or .safetensors; default: JSON lines on standard output',
  after: `Lines are {"image": path, "feature": […]} or {"text": text, "feature": […]}; from a .tsv {"image_id", "feature"}
and from a .jsonl {"text_id", "feature"}, as Chinese-CLIP's own scripts write and read them, with their rules: no
turning by EXIF, texts in lower case.

vectors.npy           float32 [rows, dim]; what the rows belong to is in vectors.names.json
vectors.safetensors   image_features, text_features; names in the metadata image_names, text_names

Examples:
tuwen embed --images photos/ -o photos.npy
tuwen embed --images 'photos/**/*.jpg' --texts names.txt > vectors.jsonl`,
  goingOn: (count: number, folder: string) =>
    `Going on with ${count} vectors of an earlier run, from ${folder}`,
  nothing: 'nothing to do: give --images, --texts or both',
  badOutput: (path: string, known: string) => `cannot tell the format of ${path}; known endings: ${known}`,
  oneKind: 'a .npy file holds pictures or texts: give only one of --images and --texts',
  wrote: (path: string, images: number, texts: number, dim: number) =>
    `${path}: ${[...(images > 0 ? [`${images} pictures`] : []), ...(texts > 0 ? [`${texts} texts`] : [])].join(', ') || 'nothing'}, ${dim} numbers each`,
};

export const zh: typeof en = {
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
  goingOn: (count, folder) => `继续上一次的运行：${folder} 中已有 ${count} 个向量`,
  nothing: '没有输入：请使用 --images、--texts，或两者都用',
  badOutput: (path, known) => `看不出 ${path} 是什么格式；可用的扩展名：${known}`,
  oneKind: '.npy 文件只能存放图片或文字中的一种：--images 与 --texts 请只用一个',
  wrote: (path, images, texts, dim) =>
    `${path}：${[...(images > 0 ? [`图片 ${images} 张`] : []), ...(texts > 0 ? [`文字 ${texts} 段`] : [])].join('，') || '没有内容'}，${dim} 维`,
};
