/** The nearest vectors of a gallery, exactly. */
export { type Nearest, type NearestOptions, nearest } from './nearest.ts';
export { innerProduct, type Rows, rowsBetween } from './rows.ts';
