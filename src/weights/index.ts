export { floatToHalf, halfToFloat } from '../base/index.ts';
export { type Elements, elements, fromFloat32, toFloat32, transpose } from './convert.ts';
export { readText, writeAtomically } from './files.ts';
export {
  type DownloadOptions,
  downloadRepository,
  findRepository,
  HUB_NAMES,
  type HubName,
  type HubOptions,
  hubIsOffline,
  hubTitle,
  isRepositoryId,
  type Listing,
  listRepository,
  type Repository,
  type Select,
  type Snapshot,
} from './hub/index.ts';
export { folderOf } from './mapped.ts';
export { encodeSafetensors, parseSafetensors } from './safetensors.ts';
export {
  type ReadOptions,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from './safetensors-file.ts';
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors-header.ts';
export { readSharded } from './sharded.ts';
export { BYTES, type DType, elementCount, type StateDict, type StoredBytes, type Tensor } from './tensor.ts';
export { readTorch, readTorchHeader, type TensorInfo, type TorchHeader } from './torch.ts';
export { readWeights, readWeightsHeader, type WeightsHeader } from './weights-file.ts';
