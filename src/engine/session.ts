import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TuwenError } from '../base/index.ts';
import { discard } from './discard.ts';

export type TensorData = Float32Array | BigInt64Array | Int32Array;

/** A tensor that goes into a run or comes out of it, row-major. */
export interface EngineTensor {
  readonly data: TensorData;
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, EngineTensor>>;
export type Results = Record<string, EngineTensor>;

/** A model for the engine: ONNX bytes or the path of an ONNX file, and where its weights lie by their locations. */
export interface EngineModel {
  readonly onnx: Uint8Array | string;
  /** Locations that are buffers. */
  readonly weights?: ReadonlyMap<string, Uint8Array>;
  /** The folder in which all other locations are files. The engine maps them: they must stay as they are. */
  readonly folder?: string;
}

export interface SessionOptions {
  /** Threads of one run; default: one for each processor. */
  readonly threads?: number;
  /** Plan one block of memory for a run. Faster for repeated shapes; off, training needs a third less memory. */
  readonly memoryPattern?: boolean;
  /** Whether idle threads wait busily, which is faster where nothing else needs the processors. Default: true. */
  readonly spinning?: boolean;
  /** Whether constant matrices are held a second time, in the order that suits the processor. Default: true. */
  readonly prepack?: boolean;
  /** Whether what depends on constants alone is computed once, at the start. Default: true. */
  readonly foldConstants?: boolean;
}

/** A model ready to run on the calling thread, which is busy until a run ends. */
export interface Session {
  /**
   * Runs once. `wanted` names the results to compute (default: all), each with the array to write it into, or null
   * for new memory. Never let a result share memory with a feed.
   */
  run(feeds: Feeds, wanted?: Readonly<Record<string, EngineTensor | null>>): Promise<Results>;
  close(): Promise<void>;
}

/** Prepares a model to run on the calling thread. */
export async function openSession(model: EngineModel, options: SessionOptions = {}): Promise<Session> {
  const { threads = availableParallelism(), memoryPattern = true } = options;
  const externalData = [...(model.weights ?? [])].map(([path, data]) => ({ path, data }));
  const engineOptions: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: memoryPattern,
    logSeverityLevel: 3,
    // The highest level folds constants whatever is disabled; it only adds other layouts for convolutions.
    graphOptimizationLevel: options.foldConstants === false ? 'extended' : 'all',
    extra: configuration(model, options),
    ...(externalData.length > 0 ? { externalData } : {}),
  };
  const { onnx } = model;
  const session = await failing(() =>
    typeof onnx === 'string'
      ? InferenceSession.create(onnx, engineOptions)
      : InferenceSession.create(onnx, engineOptions),
  );
  return {
    async run(feeds, wanted) {
      const fetched = await failing(() =>
        wanted ? session.run(tensors(feeds), tensors(wanted)) : session.run(tensors(feeds)),
      );
      // Written where it was wanted, a result is copied by the binding all the same.
      const copies = Object.entries(fetched)
        .map(([name, { data }]) => ({ copy: data as TensorData, own: wanted?.[name]?.data }))
        .filter(({ copy, own }) => own && own.buffer !== copy.buffer);
      discard(copies.map(({ copy }) => copy));
      return Object.fromEntries(
        Object.entries(fetched).map(([name, tensor]) => [name, wanted?.[name] ?? plain(tensor)]),
      );
    },
    close: () => session.release(),
  };
}

/** Entries of the engine's own configuration, nested as it takes them. */
function configuration(
  { folder }: EngineModel,
  { spinning = true, prepack = true, foldConstants = true }: SessionOptions,
): Record<string, unknown> {
  return {
    session: {
      ...(spinning ? {} : { intra_op: { allow_spinning: '0' } }),
      ...(prepack ? {} : { disable_prepacking: '1' }),
      ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
    },
    ...(foldConstants ? {} : { optimization: { disable_specified_optimizers: 'ConstantFolding' } }),
  };
}

const TYPES = { Float32Array: 'float32', BigInt64Array: 'int64', Int32Array: 'int32' } as const;

function tensors<T extends EngineTensor | null>(record: Readonly<Record<string, T>>) {
  return Object.fromEntries(
    Object.entries(record).map(([name, tensor]) => [name, tensor && engineTensor(tensor)]),
  ) as Record<string, T extends null ? Tensor | null : Tensor>;
}

function engineTensor({ data, dims }: EngineTensor): Tensor {
  return new Tensor(TYPES[data.constructor.name as keyof typeof TYPES], data as never, dims);
}

function plain(tensor: Tensor): EngineTensor {
  return { data: tensor.data as TensorData, dims: tensor.dims };
}

/** Turns the engine's own errors into ours. */
async function failing<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TuwenError('TUWEN_ENGINE_FAILED', { reason }, { cause });
  }
}
