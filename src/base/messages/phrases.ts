/** What values should have been, and why files could not be read: short English phrases, in Chinese. */

const PHRASES: readonly (readonly [english: RegExp, chinese: string])[] = [
  [/^a whole number of at least (\d+)$/, '不小于 $1 的整数'],
  [/^a whole number from (\d+) to (\d+)$/, '$1 到 $2 的整数'],
  [/^a finite number$/, '有限的数'],
  [/^a cosine, -1 to 1$/, '余弦，-1 到 1'],
  [/^a list of at least one string$/, '至少含一个字符串的列表'],
  [/^a list$/, '列表'],
  [/^a folder$/, '文件夹'],
  [/^a free port$/, '空闲端口'],
  [/^a model, not an adapter$/, '模型，而不是适配器'],
  [/^another name$/, '另一个名称'],
  [/^vectors of (\d+) numbers, as the queries$/, '与查询相同的 $1 维向量'],
  [/^organisation\/name$/, '组织名/模型名'],
  [/^model, or vision-model and text-model$/, 'model，或 vision-model 与 text-model'],
  [/^no teacher-model$/, '不设 teacher-model'],
  [/^≥ (\d+) pair$/, '至少 $1 对图文'],
  [/^not a regular file$/, '不是普通文件'],
  [/^not a file$/, '不是文件'],
  [/^not a JSON object$/, '不是 JSON 对象'],
  [/^not JSON$/, '不是 JSON'],
  [/^truncated$/, '文件不完整'],
  [/^no line (\d+)$/, '没有第 $1 行'],
  [/^a data: URL must be base64$/, 'data: 地址须为 base64'],
  [/^its bytes are not those of a picture$/, '内容不是图片'],
  // Those of zod.
  [/^Invalid input: expected (\w+), received undefined$/, '$1（未给出）'],
  [/^Invalid input: expected (\w+), received (\w+)$/, '$1，而不是 $2'],
  [/^Invalid input: expected (.+)$/, '$1'],
  [/^Invalid option: expected one of (.+)$/, '$1 之一'],
  [/^Too small: expected \w+ to be (>=?)(.+)$/, '$1 $2'],
  [/^Too big: expected \w+ to be (<=?)(.+)$/, '$1 $2'],
  [/^Too small: expected \w+ to have (>=?)(\d+) (?:characters|items)$/, '长度 $1 $2'],
];

/** The phrase in Chinese; itself where it is none of ours, such as a name, a symbol or what the system says. */
export function inChinese(phrase: string): string {
  const known = PHRASES.find(([english]) => english.test(phrase));
  return known ? phrase.replace(known[0], known[1]) : phrase;
}
