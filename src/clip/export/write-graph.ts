import { basename } from 'node:path';
import { type Graph, toOnnxParts, type WeightBytes } from '../../graph/index.ts';
import { type StateDict, writeAtomically } from '../../weights/index.ts';
import { byteLength, engineBytes, type GraphWeight, graphWeights } from '../graph-weights.ts';
import { EXPORT_OPSET } from './forms.ts';

/** The most bytes of weights in the file itself: protobuf ends at 2 GiB, and the graph needs some. */
const INLINE_BYTES = 2 ** 31 - 2 ** 26;
/** Where weights begin in a file of their own: pages, so that they can be mapped. */
const PAGE = 4096;

export interface WriteOptions {
  readonly metadata: Readonly<Record<string, string>>;
  /** Weights in a file of their own, `<name>.onnx_data`, whatever their size. */
  readonly externalData?: boolean;
  /** Called for every part written; may throw to give up. */
  readonly onBytes: (bytes: number) => void;
}

/** How many bytes of weights a graph has. */
export function weightBytes(graph: Graph, weights: StateDict): number {
  return graphWeights(graph, weights).reduce((sum, weight) => sum + byteLength(weight), 0);
}

/**
 * Writes a graph with its weights as an ONNX file, one tensor after another, whole or not at all; weights that are too
 * large for one file go into a second. Returns the paths written. Throws TUWEN_FILE_UNWRITABLE.
 */
export async function writeGraph(
  path: string,
  graph: Graph,
  stateDict: StateDict,
  { metadata, externalData = false, onBytes }: WriteOptions,
): Promise<string[]> {
  const weights = graphWeights(graph, stateDict);
  const total = weights.reduce((sum, weight) => sum + byteLength(weight), 0);
  const beside = externalData || total > INLINE_BYTES ? `${path}_data` : undefined;
  const parameters = beside === undefined ? inlined(weights) : placed(weights, basename(beside));
  if (beside !== undefined) await writeAtomically(beside, counted(pages(weights), onBytes));
  const parts = toOnnxParts(graph, { parameters, opset: EXPORT_OPSET, metadata });
  await writeAtomically(path, counted(parts, onBytes));
  return beside === undefined ? [path] : [path, beside];
}

function inlined(weights: readonly GraphWeight[]): Map<string, WeightBytes> {
  const lazily = (weight: GraphWeight) => ({ length: byteLength(weight), bytes: () => engineBytes(weight) });
  return new Map(weights.map((weight) => [weight.name, { inline: lazily(weight) }]));
}

function placed(weights: readonly GraphWeight[], location: string): Map<string, WeightBytes> {
  let offset = 0;
  return new Map(
    weights.map((weight) => {
      const place = { location, offset, length: byteLength(weight) };
      offset += paged(place.length);
      return [weight.name, place];
    }),
  );
}

function* pages(weights: readonly GraphWeight[]): Generator<Uint8Array> {
  for (const weight of weights) {
    const bytes = engineBytes(weight);
    yield bytes;
    yield new Uint8Array(paged(bytes.byteLength) - bytes.byteLength);
  }
}

const paged = (bytes: number) => Math.ceil(bytes / PAGE) * PAGE;

function* counted(parts: Iterable<Uint8Array>, onBytes: (bytes: number) => void): Generator<Uint8Array> {
  for (const part of parts) {
    onBytes(part.byteLength);
    yield part;
  }
}
