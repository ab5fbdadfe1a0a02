/**
 * Every error of the library: one row a code, with the type of the value that was wrong and its message and remedy
 * in both languages. Codes are promises: add rows freely, never change what a code means.
 */
import { DATA } from './data.ts';
import { ENGINE } from './engine.ts';
import { EVALUATION } from './evaluation.ts';
import { FILES } from './files.ts';
import { HUBS } from './hubs.ts';
import { IMAGES } from './images.ts';
import { LIBRARY } from './library.ts';
import { MODEL_FOLDERS } from './model-folders.ts';
import { MODELS } from './models.ts';
import type { Row } from './row.ts';
import { SEARCH } from './search.ts';
import { SERVER } from './server.ts';
import { TEXT } from './text.ts';
import { TRAINING } from './training.ts';
import { WEIGHTS } from './weights.ts';

export const MESSAGES = {
  ...LIBRARY,
  ...FILES,
  ...WEIGHTS,
  ...TEXT,
  ...IMAGES,
  ...MODEL_FOLDERS,
  ...MODELS,
  ...HUBS,
  ...ENGINE,
  ...DATA,
  ...EVALUATION,
  ...TRAINING,
  ...SEARCH,
  ...SERVER,
} as const;

export type ErrorCode = keyof typeof MESSAGES;
export type ErrorValue<C extends ErrorCode> = (typeof MESSAGES)[C] extends Row<infer V> ? V : never;

export type { Job } from './library.ts';
export type { Text } from './row.ts';
export type { UrlFault } from './server.ts';
