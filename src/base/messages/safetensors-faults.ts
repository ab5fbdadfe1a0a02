/** What can be wrong with a safetensors file, in both languages: the `fault` of TUWEN_SAFETENSORS_INVALID. */
export const SAFETENSORS_FAULTS = {
  'too-short': { en: 'the file is too short to hold a header', zh: '文件过短，容不下文件头' },
  'header-too-large': { en: 'the header is larger than the format allows', zh: '文件头超过格式允许的大小' },
  'header-beyond-file': { en: 'the header is longer than the file', zh: '文件头超出文件长度' },
  'header-not-json': {
    en: 'the header is not a JSON object in UTF-8',
    zh: '文件头不是 UTF-8 编码的 JSON 对象',
  },
  'header-too-deep': { en: 'the header is nested too deeply', zh: '文件头嵌套过深' },
  'duplicate-name': { en: 'a name occurs twice in the header', zh: '文件头中有重复的名称' },
  'bad-metadata': { en: '__metadata__ is not a map of strings', zh: '__metadata__ 不是字符串映射' },
  'bad-entry': {
    en: 'the entry lacks dtype, shape or data_offsets',
    zh: '条目缺少 dtype、shape 或 data_offsets',
  },
  'unknown-dtype': { en: 'unknown element type', zh: '未知的元素类型' },
  'bad-shape': { en: 'the shape is not a list of whole sizes', zh: '形状不是由非负整数组成的列表' },
  'bad-offsets': {
    en: 'the offsets are out of order or beyond the data',
    zh: '偏移量次序有误或超出数据范围',
  },
  'wrong-length': { en: 'the byte length does not fit shape and type', zh: '字节长度与形状和类型不符' },
  overlap: { en: 'the bytes overlap those of another tensor', zh: '与另一个张量的字节重叠' },
  hole: { en: 'bytes before the tensor belong to no tensor', zh: '该张量之前有不属于任何张量的字节' },
  'trailing-bytes': {
    en: 'bytes after the last tensor belong to no tensor',
    zh: '最后一个张量之后有多余的字节',
  },
  truncated: { en: 'the file ended before its data did', zh: '文件在数据结束之前中断' },
} as const;

export type SafetensorsFault = keyof typeof SAFETENSORS_FAULTS;
