/** Running graphs: ONNX Runtime on a thread of its own (inference) or on the calling thread (training). */
export { type Engine, type RunOptions, startEngine } from './engine.ts';
export {
  type EngineModel,
  type EngineTensor,
  type Feeds,
  openSession,
  type Results,
  type Session,
  type SessionOptions,
  type TensorData,
} from './session.ts';
