/** Holds the gradients that a graph computes against differences of its own results. */
import { type EngineTensor, type Feeds, openSession, type Session } from '../../src/engine/index.ts';
import {
  type Dim,
  type ElementType,
  Graph,
  gradients,
  type Shape,
  toOnnx,
  type Value,
} from '../../src/graph/index.ts';
import { countOf, numbers } from './numbers.ts';

/** Sizes of the symbols of one run. */
export type Sizes = Readonly<Record<string, number>>;

export interface GradientCase {
  /** What the results are differentiated by: the shape of each, and the range of its numbers where that matters. */
  readonly inputs: Readonly<Record<string, Shape | { shape: Shape; from: number; to: number }>>;
  /** Inputs that have no gradient, such as indices, for the sizes of a run. */
  readonly others?: Readonly<Record<string, { shape: Shape; feed: (sizes: Sizes) => EngineTensor }>>;
  /** One or several results. */
  readonly build: (values: Record<string, Value>) => Value | readonly Value[];
  /** One run each, on the same prepared graph. Default: one, without symbols. */
  readonly sizes?: readonly Sizes[];
}

/**
 * The step of the differences. Inputs and steps are multiples of 1/256, so x ± step is exact in float32. What is left is
 * the rounding of the results, about 6e-8 · |y| / STEP ≈ 2e-6, and the fourth-order rule's own error, STEP⁴ / 30 of
 * the fifth derivative, about 3e-8 of it.
 */
const STEP = 2 ** -5;

/**
 * The largest error of any element of any gradient, as a share of the largest element of that gradient (at least 1):
 * the scalar Σ weights · results, summed in float64, is differentiated by every element of every input.
 */
export async function gradientError({ inputs, others = {}, build, sizes = [{}] }: GradientCase) {
  const graph = new Graph();
  const shapes = Object.entries(inputs).map(([name, given]) => {
    const { shape, from, to } = 'shape' in given ? given : { shape: given, from: -2, to: 2 };
    return { name, shape, from, to };
  });
  const values: Record<string, Value> = {};
  for (const { name, shape } of shapes) values[name] = graph.input(name, 'float32', shape);
  for (const [name, { shape, feed }] of Object.entries(others)) {
    values[name] = graph.input(name, elementsOf(feed(sizes[0]!)), shape);
  }
  const results = [build(values)].flat() as Value[];
  const seeds = results.map((value, i) => ({
    value,
    gradient: graph.input(`weights${i}`, 'float32', value.shape),
  }));
  const wrt = shapes.map(({ name }) => values[name]!);
  gradients(seeds, wrt).forEach((gradient, i) => {
    graph.output(`gradient:${shapes[i]!.name}`, gradient);
  });
  results.forEach((value, i) => {
    graph.output(`result${i}`, value);
  });

  const session = await openSession({ onnx: toOnnx(graph, { parameters: 'feeds' }) }, { threads: 2 });
  let error = 0;
  for (const size of sizes) {
    const feeds: Record<string, EngineTensor> = {};
    shapes.forEach(({ name, shape, from, to }, i) => {
      const dims = dimsOf(shape, size);
      feeds[name] = { dims, data: awayFromZero(numbers(countOf(dims), 10 + i, from, to)) };
    });
    for (const [name, { feed }] of Object.entries(others)) feeds[name] = feed(size);
    results.forEach(({ shape }, i) => {
      const dims = dimsOf(shape, size);
      feeds[`weights${i}`] = { dims, data: numbers(countOf(dims), 100 + i) };
    });
    const computed = await session.run(feeds);
    for (const { name } of shapes) {
      const gradient = computed[`gradient:${name}`]!.data as Float32Array;
      error = Math.max(error, await errorOf(session, feeds, name, gradient, results.length));
    }
  }
  await session.close();
  return error;
}

/** Keeps kinks at zero out of reach of the differences. */
function awayFromZero(values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return values.map((value) => (Math.abs(value) < 0.25 ? value + (value < 0 ? -0.25 : 0.25) : value));
}

function elementsOf({ data }: EngineTensor): ElementType {
  if (data instanceof BigInt64Array) return 'int64';
  return data instanceof Int32Array ? 'int32' : 'float32';
}

export function dimsOf(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dim: Dim) =>
    typeof dim === 'number' ? dim : dim.symbols.reduce((product, name) => product * sizes[name]!, dim.factor),
  );
}

async function errorOf(
  session: Session,
  feeds: Feeds,
  name: string,
  gradient: Float32Array,
  results: number,
): Promise<number> {
  const x = feeds[name]!.data as Float32Array;
  if (gradient.length !== x.length) return Number.POSITIVE_INFINITY;
  const wanted = Object.fromEntries(Array.from({ length: results }, (_, i) => [`result${i}`, null]));
  let [error, scale] = [0, 1];
  for (let i = 0; i < x.length; i++) {
    const before = x[i]!;
    const at = async (steps: number) => {
      x[i] = before + steps * STEP;
      const computed = await session.run(feeds, wanted);
      let sum = 0;
      for (let r = 0; r < results; r++) {
        const [y, weights] = [computed[`result${r}`]!.data, feeds[`weights${r}`]!.data];
        for (let k = 0; k < y.length; k++) sum += (y[k] as number) * (weights[k] as number);
      }
      return sum;
    };
    const slope = (8 * ((await at(1)) - (await at(-1))) - ((await at(2)) - (await at(-2)))) / (12 * STEP);
    x[i] = before;
    scale = Math.max(scale, Math.abs(slope));
    const difference = Math.abs(slope - gradient[i]!);
    if (!(difference <= error)) error = difference;
  }
  return error / scale;
}
