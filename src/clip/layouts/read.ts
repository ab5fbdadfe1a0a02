/** Models from disk, in whatever layout. */
import { TuwenError } from '../../base/index.ts';
import { inMemory, type ReadOptions, readWeights, type StateDict } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { stateEntries } from '../parameters.ts';
import { resolveModel } from '../resolve.ts';
import { adapterAt, withAdapter } from './adapter.ts';
import { expectedOf, type Misfits, misfitsOf, requireFit } from './check-tensors.ts';
import { cnClip } from './cn-clip.ts';
import { findModel, layoutUnknown, type NamedModel, nameModel } from './found-model.ts';
import { hf } from './hf.ts';
import { HF_IGNORED, hfTensors } from './hf-names.ts';
import type { Layout, LayoutName, StoredModel } from './layout.ts';
import { modelscope } from './modelscope.ts';
import { byCnClipNames, withoutPrefix } from './naming.ts';
import { trainingNotes } from './notes.ts';
import { openai } from './openai.ts';
import { training } from './training.ts';
import { tuwen } from './tuwen.ts';

/** Every layout, the more particular before the more general. */
export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
  training,
  tuwen,
  hf,
  modelscope,
  cn_clip: cnClip,
  openai,
};

/** A model read from a folder or file, and the layout it was in. */
export interface ReadModel extends StoredModel {
  readonly layout: LayoutName;
}

/**
 * Reads a model from a folder, a file of weights or an index of shards, told apart by content; everything is held
 * against the configuration before tensors are read. With `mapped`, tensors stay in their files until their bytes are
 * asked for. Progress counts bytes of weights. A folder with an adapter in PEFT's layout is the model that it names, found as
 * `resolveModel` finds it, with the adapter merged.
 * Throws TUWEN_LAYOUT_UNKNOWN, TUWEN_WEIGHTS_UNKNOWN, TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED,
 * TUWEN_CHECKPOINT_MISMATCH, TUWEN_ARCHITECTURE_UNKNOWN, TUWEN_VOCABULARY_MISSING, TUWEN_VOCABULARY_INVALID, TUWEN_SAFETENSORS_INVALID,
 * TUWEN_TORCH_INVALID, TUWEN_TORCH_UNSUPPORTED, TUWEN_PICKLE_UNSAFE, TUWEN_SHARD_NAME_UNSAFE, TUWEN_FILE_MISSING,
 * TUWEN_FILE_UNREADABLE, TUWEN_CANCELLED.
 */
export async function readModel(path: string, options: ReadOptions = {}): Promise<ReadModel> {
  const adapter = await adapterAt(path);
  if (adapter) {
    const { path: base } = await resolveModel(adapter.base, options.signal ? { signal: options.signal } : {});
    if (await adapterAt(base)) throw notABase(path, adapter.base);
    const model = await readModel(base, options);
    return { ...model, weights: withAdapter(path, model.weights, adapter) };
  }
  const model = nameModel(await findModel(path));
  const layout = layoutOf(model);
  if (!layout) throw layoutUnknown(path, [...model.header.tensors.keys()]);
  const config = await LAYOUTS[layout].config(model);
  const vocabulary = await LAYOUTS[layout].vocabulary(model, config);
  requireFit(path, modelMisfits(model, config));
  const weights = await weightsOf(model, config, options);
  const license = LAYOUTS[layout].license?.(model);
  return {
    layout,
    config,
    weights,
    vocabulary,
    ...(license === undefined ? {} : { license }),
    training: trainingNotes(model.header),
  };
}

function notABase(path: string, got: string): TuwenError {
  const value = { file: path, key: 'base_model_name_or_path', got, expected: 'a model, not an adapter' };
  return new TuwenError('TUWEN_CONFIG_INVALID', value);
}

/** The layout of a model; undefined where none has such names with such files beside them. */
export function layoutOf(model: NamedModel): LayoutName | undefined {
  return (Object.keys(LAYOUTS) as LayoutName[]).find((layout) => LAYOUTS[layout].recognises(model));
}

/** What a model's tensors lack, or have too much, by the names they are stored under. */
export function modelMisfits({ naming, header, shapes }: NamedModel, config: ClipConfig): Misfits {
  return naming.names === 'hf'
    ? misfitsOf(withoutPrefix(header.tensors, naming.prefix), hfTensors(config), HF_IGNORED)
    : misfitsOf(shapes, expectedOf(stateEntries(config)));
}

/** The weights by cn_clip's names, in cn_clip's order. */
async function weightsOf(
  { weights: path, naming }: NamedModel,
  config: ClipConfig,
  options: ReadOptions,
): Promise<StateDict> {
  const tensors = byCnClipNames(await readWeights(path, options), naming);
  return new Map(
    stateEntries(config).map(({ name }) => {
      const tensor = tensors.get(name)!;
      return [name, options.mapped ? tensor : inMemory(tensor)];
    }),
  );
}
