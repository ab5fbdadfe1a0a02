/** What can be wrong with a file of a data set, in both languages: the `fault` of TUWEN_DATA_INVALID. */
export const DATA_FAULTS = {
  'not-utf8': { en: 'not UTF-8 text', zh: '不是 UTF-8 文本' },
  'byte-order-mark': { en: 'the file begins with a byte order mark', zh: '文件以字节顺序标记（BOM）开头' },
  'blank-line': { en: 'the line is empty', zh: '空行' },
  'carriage-return': { en: 'the line ends with CR LF', zh: '行尾是 CR LF' },
  'line-too-long': { en: 'the line is too long', zh: '行过长' },
  'not-id-and-picture': {
    en: 'not an id, a tab and a picture in base64',
    zh: '不是“编号、制表符、base64 图片”',
  },
  'bad-base64': { en: 'the picture is not whole base64', zh: '图片不是完整的 base64' },
  'not-json': { en: 'not a JSON object', zh: '不是 JSON 对象' },
  'no-field': { en: 'a field is missing', zh: '缺少字段' },
  'bad-field': { en: 'a field has a value that it cannot have', zh: '字段的值不对' },
  'bad-table': { en: 'the table cannot be read', zh: '表格无法读取' },
  'bad-archive': {
    en: 'the archive is damaged, or holds what no data set does',
    zh: '归档已损坏，或内容不像数据集',
  },
  'no-picture': { en: 'the record has no picture', zh: '这条记录没有图片' },
  'duplicate-picture': { en: 'the id belongs to an earlier picture too', zh: '图片编号重复' },
  'duplicate-text': { en: 'the id belongs to an earlier text too', zh: '文字编号重复' },
  'missing-picture': { en: 'there is no picture of this id', zh: '没有这个编号的图片' },
  'outside-folder': { en: 'the path leads out of the folder', zh: '路径指向文件夹之外' },
} as const;

export type DataFault = keyof typeof DATA_FAULTS;
