/** Filters on what is known of pictures: `folder = 旅行 and taken >= 2024-05`. */
export { FIELDS } from './fields.ts';
export { folderPattern, matches, nameOf, numberOf, slashed } from './matches.ts';
export { parseWhere } from './parse.ts';
export type { WhereExpectation } from './tokens.ts';
export type { Where } from './where.ts';
