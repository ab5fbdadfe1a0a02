/** Checkpoint layouts: one file each. A further layout is a further entry of `LAYOUTS` in `read.ts`. */

export { type Adapter, type AdapterOptions, adapterAt, writeAdapter } from './adapter.ts';
export { byBertNames } from './bert.ts';
export { parseCnClipConfig, toCnClipConfig } from './cn-clip-config.ts';
export {
  type Conversion,
  type ConvertOptions,
  convertModel,
  WRITTEN_LAYOUTS,
  type WrittenLayout,
} from './convert.ts';
export { embedModel } from './embedded.ts';
export { parseHfConfig } from './hf-config.ts';
export { hasHfNames } from './hf-names.ts';
export { inspectModel, type ModelDescription } from './inspect.ts';
export type { LayoutName, StoredModel } from './layout.ts';
export { byCnClipNames, prefixOf } from './naming.ts';
export { type ReadModel, readModel } from './read.ts';
export { tensorsOf } from './tensors-of.ts';
export { TRAINING_STATE } from './training.ts';
export { chineseBertVocabulary } from './vocabulary.ts';
export { writeTuwen } from './write-tuwen.ts';
