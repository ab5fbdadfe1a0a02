/** The tensors with which a Chinese-CLIP starts: an image tower's from a CLIP, a text tower's from a BERT. */
import { TuwenError } from '../base/index.ts';
import type { ReadOptions, StateDict, Tensor } from '../weights/index.ts';
import type { ChineseClipConfig } from './config.ts';
import { byBertNames, byCnClipNames, hasHfNames, prefixOf, readModel, tensorsOf } from './layouts/index.ts';
import { stateEntries } from './parameters.ts';
import { resizePositions } from './positions.ts';

/** Where towers come from. */
export interface StartingSources {
  /** A file or folder of an English CLIP or a Chinese-CLIP: its image tower and its logit scale are taken. */
  readonly vision?: string;
  /** A file or folder of a BERT (or of a Chinese-CLIP with cn_clip's names): the tower below its heads is taken. */
  readonly text?: string;
}

/** What came from one source. */
export interface SourceReport {
  readonly path: string;
  /** Names of the model's tensors. */
  readonly taken: readonly string[];
  /** Names of the source's tensors that the model has no place for. */
  readonly unused: readonly string[];
}

export interface StartingReport {
  readonly vision?: SourceReport;
  readonly text?: SourceReport;
  /** Sides of the squares of patches, where the positions were resized. */
  readonly resized?: { readonly from: number; readonly to: number };
  /** Names of the model's tensors that no source has. */
  readonly missing: readonly string[];
}

export interface StartingTensors {
  /** Tensors of the model by cn_clip's names, element types as stored. */
  readonly tensors: StateDict;
  readonly report: StartingReport;
}

const POSITIONS = 'visual.positional_embedding';

/**
 * Reads what a new model of this configuration takes over, as cn_clip's `load`: `visual.*` and `logit_scale` from the
 * one source, `bert.*` without the pooler from the other. A table of positions of another size is resized; everything
 * else must have the model's shape. What the sources lack is not an error: the report says it.
 *
 * @throws TUWEN_LAYOUT_UNKNOWN where a source has no tensor of such a tower, TUWEN_CHECKPOINT_MISMATCH for other shapes,
 *   and what reading throws
 */
export async function readStartingTensors(
  config: ChineseClipConfig,
  { vision, text }: StartingSources,
  options: ReadOptions = {},
): Promise<StartingTensors> {
  const shapes = new Map(stateEntries(config).map(({ name, shape }) => [name, shape]));
  const tensors: StateDict = new Map();
  const take = (path: string, { found, unused }: Found, known: readonly string[]): SourceReport => {
    if (found.size === 0) throw new TuwenError('TUWEN_LAYOUT_UNKNOWN', { path, found: unused, known });
    const taken = [...found.keys()].filter((name) => shapes.has(name));
    checkShapes(path, found, shapes);
    for (const name of taken) tensors.set(name, found.get(name)!);
    return { path, taken, unused: [...unused, ...[...found.keys()].filter((name) => !shapes.has(name))] };
  };
  let resized: StartingReport['resized'];
  let visionReport: SourceReport | undefined;
  if (vision !== undefined) {
    const source = await imageTensors(vision, options);
    resized = resizeIn(source.found, config);
    visionReport = take(vision, source, ['openai', 'cn_clip', 'hf']);
  }
  const textReport = text === undefined ? undefined : take(text, await textTensors(text, options), ['bert']);
  return {
    tensors,
    report: {
      ...(visionReport ? { vision: visionReport } : {}),
      ...(textReport ? { text: textReport } : {}),
      ...(resized ? { resized } : {}),
      missing: [...shapes.keys()].filter((name) => !tensors.has(name)),
    },
  };
}

/** The tensors of a tower by cn_clip's names, and the names of others beside them. */
interface Found {
  readonly found: Map<string, Tensor>;
  readonly unused: readonly string[];
}

async function imageTensors(path: string, options: ReadOptions): Promise<Found> {
  const stored = await tensorsOf(path, options);
  const named = hasHfNames(stored)
    ? (await readModel(path, options)).weights
    : byCnClipNames(stored, { prefix: prefixOf(stored), names: 'cn_clip' });
  const isTaken = (name: string) => name.startsWith('visual.') || name === 'logit_scale';
  const names = [...named.keys()];
  const hasTower = names.some((name) => name.startsWith('visual.'));
  return {
    found: new Map([...named].filter(([name]) => hasTower && isTaken(name))),
    unused: names.filter((name) => !hasTower || !isTaken(name)),
  };
}

async function textTensors(path: string, options: ReadOptions): Promise<Found> {
  const { tensors, unused } = byBertNames(await tensorsOf(path, options));
  return { found: tensors, unused };
}

/** Brings a table of positions to the model's picture size. */
function resizeIn(found: Map<string, Tensor>, { image }: ChineseClipConfig): StartingReport['resized'] {
  const table = found.get(POSITIONS);
  if (!table || image.kind !== 'vit' || table.shape.length !== 2) return undefined;
  const from = Math.floor(Math.sqrt(table.shape[0]! - 1));
  const to = image.resolution / image.patch;
  if (from === to || from ** 2 + 1 !== table.shape[0]) return undefined;
  found.set(POSITIONS, resizePositions(table, to));
  return { from, to };
}

function checkShapes(
  path: string,
  found: ReadonlyMap<string, Tensor>,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const misshapen = [...found].flatMap(([name, { shape }]) => {
    const expected = shapes.get(name);
    return expected === undefined || expected.join() === shape.join()
      ? []
      : [{ name, expected: `[${expected}]`, got: `[${shape}]` }];
  });
  if (misshapen.length > 0)
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', { path, missing: [], unexpected: [], misshapen });
}
