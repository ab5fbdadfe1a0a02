import { TuwenError } from '../base/index.ts';

/** A size known only when the graph runs: `factor` times the product of named sizes. */
export interface SymbolicDim {
  readonly factor: number;
  /** Sorted names, such as `batch` and `sequence`. */
  readonly symbols: readonly string[];
}

/** One dimension of a shape. */
export type Dim = number | SymbolicDim;
export type Shape = readonly Dim[];

/** A dimension called `name` whose size is known only when the graph runs. */
export function symbol(name: string): SymbolicDim {
  return { factor: 1, symbols: [name] };
}

/** The product of dimensions (1 for none). */
export function multiplyDims(dims: Shape): Dim {
  let factor = 1;
  const symbols: string[] = [];
  for (const dim of dims) {
    if (typeof dim === 'number') factor *= dim;
    else {
      factor *= dim.factor;
      symbols.push(...dim.symbols);
    }
  }
  return symbols.length === 0 ? factor : { factor, symbols: symbols.sort() };
}

export function sameDim(a: Dim, b: Dim): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.factor === b.factor && a.symbols.join() === b.symbols.join();
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]!));
}

/** `[batch, 3·sequence, 768]` */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDim).join(', ')}]`;
}

export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  return [...(dim.factor === 1 ? [] : [dim.factor]), ...dim.symbols].join('·');
}

/** A dimension that must be a plain number. */
export function fixedDim(operator: string, dim: Dim | undefined): number {
  if (typeof dim === 'number') return dim;
  const got = dim === undefined ? 'no such axis' : `the symbolic size ${formatDim(dim)}`;
  throw new TuwenError('TUWEN_GRAPH_INVALID', { operator, reason: `needs a fixed size, got ${got}` });
}

/** The shape of an elementwise operation, by NumPy's broadcasting rule. */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left === 1) return right;
    if (right === 1 || sameDim(left, right)) return left;
    const reason = `cannot broadcast ${formatShape(a)} with ${formatShape(b)}`;
    throw new TuwenError('TUWEN_GRAPH_INVALID', { operator, reason });
  });
}
