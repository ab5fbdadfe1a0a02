export { readText, writeAtomically } from './files.ts';
export { encodeSafetensors, parseSafetensors } from './safetensors.ts';
export {
  type ReadOptions,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from './safetensors-file.ts';
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors-header.ts';
export { BYTES, type DType, elementCount, type StateDict, type Tensor } from './tensor.ts';
