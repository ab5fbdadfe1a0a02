/** Image–text data sets: what training and evaluation read. */
export { augment } from './augment/index.ts';
