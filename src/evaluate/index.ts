/** Evaluation: feature files, recall, zero-shot accuracy, as the official scripts of Chinese-CLIP. */
export * from './features/index.ts';
export type { Id } from './files/id.ts';
export { type ModelIdentity, modelIdentity, modelOfFeatures } from './model-identity.ts';
export { type Nearest, type NearestOptions, nearest, type Rows } from './nearest/index.ts';
export {
  reportJson,
  retrievalHtml,
  retrievalMarkdown,
  zeroShotHtml,
  zeroShotMarkdown,
} from './report/index.ts';
export { answerLine, writeAnswers } from './retrieval/answer-file.ts';
export { type Answer, type Direction, directionOf, readAnswers, turned } from './retrieval/answers.ts';
export { type Notice, type OfficialResult, type Refusal, scorePredictions } from './retrieval/official.ts';
export { type Prediction, predict } from './retrieval/predict.ts';
export { chanceOf, type Recall, recallOf } from './retrieval/recall.ts';
export type { RetrievalReport, RunReport, SetReport } from './retrieval/report.ts';
export {
  evaluateFeatures,
  evaluateRetrieval,
  type GivenFeatures,
  type ModelSource,
  type RetrievalOptions,
} from './retrieval/run.ts';
export { annotationSet } from './sets/annotation-set.ts';
export { retrievalSet } from './sets/data-set.ts';
export type { HashedFile, RetrievalSet, SetPicture, SetText } from './sets/types.ts';
export { type Difference, pairedDifference } from './statistics/bootstrap.ts';
export { type ClassSet, type ClassSetOptions, openClassSet } from './zero-shot/folder.ts';
export type { Accuracy } from './zero-shot/measure.ts';
export type { ZeroShotReport, ZeroShotRun } from './zero-shot/report.ts';
export { evaluateZeroShot, type ZeroShotOptions, type ZeroShotTask } from './zero-shot/run.ts';
export { readTemplates } from './zero-shot/templates.ts';
