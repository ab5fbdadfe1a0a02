/** Evaluation: feature files, recall, zero-shot accuracy, as the official scripts of Chinese-CLIP. */
export * from './features/index.ts';
