import { row, show } from './row.ts';

export interface Identity {
  readonly name: string;
  readonly dim: number;
  readonly fingerprint: string;
}

/** What a filter lacks at a place, or a list of what may stand there. */
type Expectation = keyof typeof EXPECTED | readonly string[];

const EXPECTED = {
  field: {
    en: 'path, name, folder, hash, size, width, height, modified, taken or fields.…',
    zh: 'path、name、folder、hash、size、width、height、modified、taken 或 fields.…',
  },
  value: { en: 'a value', zh: '一个值' },
  number: { en: 'a number such as 800 or 2MB', zh: '数字，如 800 或 2MB' },
  time: {
    en: 'a time such as 2024, 2024-05, 2024-05-01 or 2024-05-01T08:30',
    zh: '时间，如 2024、2024-05、2024-05-01 或 2024-05-01T08:30',
  },
  'and-or': { en: 'and, or, or the end', zh: 'and、or 或结尾' },
  close: { en: 'a closing parenthesis', zh: '右括号' },
  quote: { en: 'the same quotation mark at the end', zh: '结尾处相同的引号' },
  shorter: { en: 'a shorter filter', zh: '更短的条件' },
} as const;

function expectation(value: Expectation, language: 'en' | 'zh'): string {
  return typeof value === 'string' ? EXPECTED[value][language] : value.join(' ');
}

/** The filter with a mark before the place. */
function marked(v: { where: string; at: number }): string {
  return `${v.where.slice(0, v.at)}▸${v.where.slice(v.at)}`;
}

function model({ name, dim, fingerprint }: Identity): string {
  return `${name} (${dim}, ${fingerprint.slice(0, 8)})`;
}

/** Collections of pictures. */
export const SEARCH = {
  TUWEN_COLLECTION_MISSING: row<{ collection: string; store: string }>(
    [
      (v) => `there is no collection ${v.collection} in ${v.store}`,
      () => 'Make it with tuwen index <folder>, or name another with --collection.',
    ],
    [
      (v) => `${v.store} 里没有图库 ${v.collection}`,
      () => '请用 tuwen index <文件夹> 建立，或用 --collection 指定其他图库。',
    ],
  ),
  TUWEN_COLLECTION_MODEL: row<{ collection: string; stored: Identity; model: Identity }>(
    [
      (v) => `collection ${v.collection} was made with ${model(v.stored)}, not with ${model(v.model)}`,
      (v) => `Use --model ${v.stored.name}, or index the folders into another collection with --collection.`,
    ],
    [
      (v) => `图库 ${v.collection} 由 ${model(v.stored)} 建立，而非 ${model(v.model)}`,
      (v) => `请使用 --model ${v.stored.name}，或用 --collection 把文件夹编入另一个图库。`,
    ],
  ),
  TUWEN_COLLECTION_FORMAT: row<{ collection: string; version: number; supported: number }>(
    [
      (v) => `collection ${v.collection} has format ${v.version}; this version reads ${v.supported}`,
      () => 'Update tuwen, or make the collection anew under another name.',
    ],
    [
      (v) => `图库 ${v.collection} 的格式为 ${v.version}，本版本只能读取 ${v.supported}`,
      () => '请更新 tuwen，或换一个名称重新建立图库。',
    ],
  ),
  TUWEN_COLLECTION_CLOSED: row<{ collection: string }>(
    [(v) => `collection ${v.collection} is closed`, () => 'Open it again before using it.'],
    [(v) => `图库 ${v.collection} 已关闭`, () => '请重新打开后再使用。'],
  ),
  TUWEN_ITEM_UNKNOWN: row<{ collection: string; id: string }>(
    [
      (v) => `collection ${v.collection} has no item ${show(v.id)}`,
      () => 'Take an id from the results of a search; items of removed pictures are gone.',
    ],
    [
      (v) => `图库 ${v.collection} 里没有条目 ${show(v.id)}`,
      () => '请使用搜索结果中的 id；已移除图片的条目不再存在。',
    ],
  ),
  TUWEN_QUERY_EMPTY: row<{ reason: 'nothing' | 'cancels' }>(
    [
      (v) =>
        v.reason === 'nothing'
          ? 'the query asks for nothing'
          : 'the parts of the query cancel each other out',
      () => 'Give words, a picture or the id of an item.',
    ],
    [
      (v) => (v.reason === 'nothing' ? '查询没有内容' : '查询的各部分互相抵消'),
      () => '请给出文字、图片或条目的 id。',
    ],
  ),
  TUWEN_WHERE_INVALID: row<{ where: string; at: number; expected: Expectation }>(
    [
      (v) => `filter, character ${v.at + 1}: expected ${expectation(v.expected, 'en')}: ${marked(v)}`,
      () => "Write it like: folder = trips and taken >= 2024-05 and not name ~ 'copy'",
    ],
    [
      (v) => `筛选条件第 ${v.at + 1} 个字符处应为${expectation(v.expected, 'zh')}：${marked(v)}`,
      () => "写法示例：folder = 旅行 and taken >= 2024-05 and not name ~ '副本'",
    ],
  ),
  TUWEN_STORE_PACKAGE: row<{ store: string; name: string }>(
    [(v) => `${v.store} needs the package ${v.name}`, (v) => `Install it: npm install ${v.name}`],
    [(v) => `${v.store} 需要软件包 ${v.name}`, (v) => `请安装：npm install ${v.name}`],
  ),
  TUWEN_STORE_FAILED: row<{ store: string; reason: string }>(
    [
      (v) => `the store ${v.store} failed: ${v.reason}`,
      () => 'Check its address, that it runs and that it is reachable, then try again.',
    ],
    [(v) => `存储 ${v.store} 出错：${v.reason}`, () => '请检查地址、服务是否运行且可以连接，然后重试。'],
  ),
} as const;
