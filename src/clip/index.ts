/** Chinese-CLIP: configurations, checkpoints, tokenizer, pixels, towers. */
export { gathered, paddedIds } from './batches.ts';
export {
  type CheckName,
  type CheckOptions,
  type CheckReport,
  type CheckResult,
  checkModel,
  type SkipReason,
} from './check/index.ts';
export type {
  BertConfig,
  CausalTextConfig,
  ChineseClipConfig,
  ClipConfig,
  EnglishClipConfig,
  PixelsConfig,
  ResNetConfig,
  VitConfig,
} from './config.ts';
export { CLIP_MEAN, CLIP_STD, cnClipPixels, isChinese, openaiPixels } from './config.ts';
export { type DefaultModel, defaultModel, setDefaultModel } from './default-model.ts';
export { dot, type Embeddings, embeddings, normaliseRows } from './embeddings.ts';
export {
  type Comparison,
  type Distance,
  EXPORT_FORMATS,
  EXPORT_PRECISIONS,
  EXPORT_TOWERS,
  type ExportedGraph,
  type ExportFormat,
  type ExportOptions,
  type ExportPrecision,
  type ExportReport,
  type ExportTower,
  exportModel,
  type RankingAgreement,
  type Samples,
} from './export/index.ts';
export {
  type AdapterOptions,
  adapterAt,
  type Conversion,
  type ConvertOptions,
  chineseBertVocabulary,
  convertModel,
  embedModel,
  inspectModel,
  type LayoutName,
  type ModelDescription,
  parseCnClipConfig,
  type ReadModel,
  readModel,
  type StoredModel,
  TRAINING_STATE,
  toCnClipConfig,
  WRITTEN_LAYOUTS,
  type WrittenLayout,
  writeAdapter,
  writeTuwen,
} from './layouts/index.ts';
export { type Device, type LoadOptions, loadClip, type Precision } from './load.ts';
export {
  isAdapter,
  LORA_SCALE,
  LORA_TARGETS,
  type LoraTargets,
  loraParts,
  loraShapes,
  merged,
} from './lora.ts';
export { downloadBytes, type ListedModel, listModels } from './model-list.ts';
export { errorOf, type NamedPicture, type Outcome, outcomes, placeOf } from './outcomes.ts';
export { bufferShapes, parameterCount, parameterShapes, stateEntries } from './parameters.ts';
export {
  type EmbeddingPipeline,
  type PipelineInput,
  type PipelineOptions,
  type PipelineOutput,
  pipeline,
  type Task,
  Tasks,
} from './pipeline.ts';
export {
  crop,
  type DecodeOptions,
  decodeImage,
  formatOf,
  type ImageFormat,
  type ImageInput,
  loadImage,
  type Pixels,
  preprocess,
  type RawImage,
  type RgbImage,
  resize,
  resizedRgb,
  toRgb,
} from './pixels/index.ts';
export { resizePositions } from './positions.ts';
export { PUBLISHED_NAMES, type PublishedName, publishedConfig } from './published.ts';
export { OPENAI_NAMES, type OpenaiName, openaiConfig } from './published-openai.ts';
export { DOWNLOADABLE_NAMES, type DownloadableName, isDownloadable } from './repositories.ts';
export {
  askHubs,
  findModel,
  pullModel,
  type ResolvedModel,
  type ResolveOptions,
  resolveModel,
  SHIPPED_MODEL,
} from './resolve.ts';
export { isRounded } from './rounding.ts';
export {
  readStartingTensors,
  type SourceReport,
  type StartingReport,
  type StartingSources,
  type StartingTensors,
} from './starting-tensors.ts';
export { ENGLISH_TEMPLATES, TEMPLATES } from './templates.ts';
export {
  createEnglishTokenizer,
  createTokenizer,
  type Tokenizer,
  type TokenizerOptions,
} from './tokenizer/index.ts';
export {
  type Builder,
  builder,
  chained,
  imageSegments,
  imageTower,
  type Segment,
  type TowerOutput,
  textSegments,
  textTower,
  type VitOptions,
} from './towers/index.ts';
export type { ClassifyOptions, Clip, ClipInfo, EmbedOptions, LabelProbability, Match } from './types.ts';
export { classVectors, fitOf, rememberedClassVectors } from './zero-shot.ts';
