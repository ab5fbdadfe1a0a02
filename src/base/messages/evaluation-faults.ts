/** What can be wrong with a file of an evaluation, in both languages: the `fault` of TUWEN_EVALUATION_FILE_INVALID. */
export const EVALUATION_FAULTS = {
  'byte-order-mark': { en: 'the file begins with a byte order mark', zh: '文件以字节顺序标记（BOM）开头' },
  'blank-line': { en: 'the line is blank', zh: '空行' },
  'not-utf8': { en: 'the text is not UTF-8', zh: '文本不是 UTF-8 编码' },
  'line-too-long': { en: 'the line is too long', zh: '这一行过长' },
  'not-json': { en: 'the line is not a JSON object', zh: '这一行不是 JSON 对象' },
  'no-lines': { en: 'the file has no lines', zh: '文件里没有内容' },
  'no-id': { en: 'there is no id under this name', zh: '缺少这个名称的编号' },
  'duplicate-id': { en: 'the id has occurred before', zh: '编号重复' },
  'no-feature': { en: '"feature" is not a list of numbers', zh: '“feature” 不是数字列表' },
  'not-finite': { en: 'a number of the vector is not finite', zh: '向量中有非有限的数' },
  'wrong-length': { en: 'the vector is not as long as those before', zh: '向量长度与前面的不同' },
  'no-answers': { en: 'there is no list of ids under this name', zh: '缺少这个名称的编号列表' },
  'unknown-id': { en: 'nothing has the id that the answer names', zh: '答案中的编号不存在' },
  'missing-id': { en: 'the feature file has no vector of this id', zh: '特征文件里没有这个编号的向量' },
  'wrong-label-count': {
    en: 'there are not as many labels as folders of classes',
    zh: '标签数与类别文件夹数不同',
  },
  'bad-index': { en: 'the list is not the places of the pictures', zh: '列表不是图片的序号' },
  'bad-template': { en: 'there is no {} for the label', zh: '没有代表标签的 {}' },
} as const;

export type EvaluationFault = keyof typeof EVALUATION_FAULTS;
