import {
  type EngineTensor,
  type Feeds,
  openSession,
  type Session,
  type SessionOptions,
} from '../../engine/index.ts';
import { type Part, type Shape, toOnnx, type Value } from '../../graph/index.ts';

/** What the symbols of shapes stand for in one run. */
export type Sizes = ReadonlyMap<string, number>;

/** A part of a graph that runs on the calling thread: prepared when it is first run. */
export interface Program {
  readonly part: Part;
  /**
   * @param feeds holds at least the inputs of the part
   * @param weight gives the parameters
   * @param target gives the array that a result is written into
   */
  run(
    feeds: Feeds,
    weight: (name: string) => Float32Array,
    target: (name: string, length: number) => Float32Array,
    sizes: Sizes,
  ): Promise<Record<string, EngineTensor>>;
  close(): Promise<void>;
}

/** Threads do not wait busily unless told: those of the programs that rest would take the processors from the one that runs. */
export function createProgram(part: Part, options: SessionOptions): Program {
  let session: Promise<Session> | undefined;
  return {
    part,
    async run(feeds, weight, target, sizes) {
      session ??= openSession(
        { onnx: toOnnx(part, { parameters: 'feeds' }) },
        { spinning: false, ...options },
      );
      const given: Record<string, EngineTensor> = {};
      for (const { name } of part.inputs) given[name] = feeds[name]!;
      for (const [name, { shape }] of part.parameters)
        given[name] = { data: weight(name), dims: shape as number[] };
      const wanted: Record<string, EngineTensor> = {};
      for (const [name, value] of part.outputs) {
        const dims = dimsOf(value.shape, sizes);
        wanted[name] = { dims, data: target(name, product(dims)) };
      }
      await (await session).run(given, wanted);
      return wanted;
    },
    async close() {
      await (await session)?.close();
      session = undefined;
    },
  };
}

/** The sizes that the symbols of a value have in a tensor that is fed for it. */
export function sizesOf({ shape }: Pick<Value, 'shape'>, { dims }: Pick<EngineTensor, 'dims'>): Sizes {
  const sizes = new Map<string, number>();
  shape.forEach((dim, axis) => {
    if (typeof dim !== 'number' && dim.factor === 1 && dim.symbols.length === 1)
      sizes.set(dim.symbols[0]!, dims[axis]!);
  });
  return sizes;
}

export function dimsOf(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dim) =>
    typeof dim === 'number'
      ? dim
      : dim.symbols.reduce((total, symbol) => total * sizes.get(symbol)!, dim.factor),
  );
}

export function product(dims: readonly number[]): number {
  return dims.reduce((total, dim) => total * dim, 1);
}
