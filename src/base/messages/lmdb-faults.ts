/** What can be wrong with an LMDB file, in both languages: the `fault` of TUWEN_LMDB_INVALID. */
export const LMDB_FAULTS = {
  'too-short': { en: 'the file is too short to be an LMDB', zh: '文件过短，不是 LMDB' },
  'not-lmdb': { en: 'the file is not an LMDB', zh: '文件不是 LMDB' },
  version: { en: 'an LMDB of another version', zh: 'LMDB 的版本不同' },
  'page-size': { en: 'a page size that no LMDB has', zh: '页大小不对' },
  'database-kind': { en: 'keys with several values or other special keys', zh: '一键多值或特殊键的数据库' },
  'page-beyond-file': { en: 'a page lies beyond the end of the file', zh: '页超出文件末尾' },
  'wrong-page': { en: 'a page is not of the kind that belongs there', zh: '页的类型或编号不对' },
  'bad-node': { en: 'an entry reaches out of its page', zh: '条目超出所在的页' },
  'too-deep': { en: 'the tree is not as deep as it says', zh: '树的深度不符' },
  'out-of-order': { en: 'keys are out of order', zh: '键的次序不对' },
  'too-many': { en: 'not as many entries as the file says', zh: '条目数与记录的不符' },
  'value-too-long': { en: 'a value is longer than its pages, or than the limit', zh: '值超出所占的页或上限' },
  'no-count': {
    en: 'the key with the number of entries is missing or no number',
    zh: '缺少记录数目的键，或其值不是数',
  },
  'wrong-count': { en: 'the number of entries is not the one recorded', zh: '条目数与记录的数目不符' },
  'missing-key': { en: 'a key is missing', zh: '缺少键' },
  'bad-pair': {
    en: 'the value is no pickle of (image_id, text_id, text)',
    zh: '值不是 (image_id, text_id, text) 的 pickle',
  },
} as const;

export type LmdbFault = keyof typeof LMDB_FAULTS;
