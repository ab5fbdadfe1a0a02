export { floatToHalf, halfToFloat } from '../base/index.ts';
export { type Elements, elements, fromFloat32, toFloat32, transpose } from './convert.ts';
export { added, as, described, inMemory, rowsOf, stacked, transposed, zeros } from './derived.ts';
export { readText, type WriteAtomicallyOptions, writeAtomically } from './files.ts';
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
  type WriteOptions,
  writeSafetensors,
} from './safetensors-file.ts';
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors-header.ts';
export { readSharded } from './sharded.ts';
export { writeShardedSafetensors } from './sharded-write.ts';
export {
  BYTES,
  byteLength,
  type DType,
  elementCount,
  type StateDict,
  type StoredBytes,
  type Tensor,
  type TensorInfo,
  totalBytes,
} from './tensor.ts';
export { isTorchFile, readTorch, readTorchHeader, type TorchHeader } from './torch.ts';
export { readTorchOptimizer, type TorchOptimizer } from './torch-optimizer.ts';
export { type WriteTorchOptions, writeTorch } from './torch-write.ts';
export { readWeights, readWeightsHeader } from './weights.ts';
export type { WeightsHeader } from './weights-file.ts';
