/**
 * Adapters in PEFT's layout: a folder of adapter_config.json, which names the model they belong to, and
 * adapter_model.safetensors. Modules have the names of transformers' ChineseCLIPModel; those of a model with a ResNet, which
 * transformers has not, cn_clip's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { adapterNames } from '../../graph/index.ts';
import {
  fromFloat32,
  readSafetensors,
  type StateDict,
  type Tensor,
  transposed,
  writeSafetensors,
} from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { LORA_SCALE, loraParts, merged } from '../lora.ts';
import { parameterShapes } from '../parameters.ts';
import { cnClipNameOf, hfNamesOf } from './hf-names.ts';
import { readJson } from './layout.ts';
import { makeFolder, writeJson } from './write.ts';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const PREFIX = 'base_model.model.';

const Config = z.looseObject({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string().min(1),
  r: z.int().min(1),
  lora_alpha: z.number(),
  use_rslora: z.literal(false).nullish(),
  use_dora: z.literal(false).nullish(),
  bias: z.literal('none').nullish(),
  rank_pattern: z.looseObject({}).refine(isEmpty, '{}').nullish(),
  alpha_pattern: z.looseObject({}).refine(isEmpty, '{}').nullish(),
});

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** What an adapter's configuration says of it. */
export interface AdapterSettings {
  /** The name or path of the model that it belongs to. */
  readonly base: string;
  /** r. */
  readonly rank: number;
  /** α; matrices count α / r. */
  readonly alpha: number;
}

export interface Adapter {
  /** The name or path of the model that it belongs to. */
  readonly base: string;
  /** α / r. */
  readonly scale: number;
  readonly tensors: StateDict;
}

/** Where the configuration of an adapter in a folder lies. */
const configOf = (folder: string) => join(folder, CONFIG);

/** What is said of the adapter in a folder; undefined where there is none. Throws TUWEN_CONFIG_INVALID. */
export async function adapterSettingsAt(folder: string): Promise<AdapterSettings | undefined> {
  const file = configOf(folder);
  if (!existsSync(file)) return undefined;
  const json = await readJson(file);
  const parsed = Config.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const key = String(path[0] ?? '');
    const got = (json as Record<string, unknown> | null)?.[key];
    throw new TuwenError('TUWEN_CONFIG_INVALID', { file, key, got, expected: message });
  }
  const { base_model_name_or_path: base, r: rank, lora_alpha: alpha } = parsed.data;
  return { base, rank, alpha };
}

/** The adapter in a folder; undefined where there is none. Throws TUWEN_CONFIG_INVALID, also where matrices have another rank, and what reading files throws. */
export async function adapterAt(folder: string): Promise<Adapter | undefined> {
  const settings = await adapterSettingsAt(folder);
  if (!settings) return undefined;
  const { base, rank: r, alpha } = settings;
  const file = configOf(folder);
  const tensors = await readSafetensors(join(folder, WEIGHTS));
  for (const [name, { shape }] of tensors) {
    const [, matrix] = /\.lora_(A|B)\./.exec(name) ?? [];
    if (matrix === undefined) continue; // Another kind of tensor has no place in the model, which `withAdapter` tells.
    const rank = shape[matrix === 'A' ? 0 : 1];
    if (rank !== r)
      throw new TuwenError('TUWEN_CONFIG_INVALID', { file, key: 'r', got: r, expected: `${rank} (${name})` });
  }
  return { base, scale: alpha / r, tensors };
}

/**
 * A model's weights, by cn_clip's names, with an adapter merged. `path` names the adapter in errors. Throws
 * TUWEN_CHECKPOINT_MISMATCH where one of its tensors has no place in the model.
 */
export function withAdapter(path: string, weights: StateDict, { tensors, scale }: Adapter): StateDict {
  const own = new Map(Array.from(tensors, ([name, tensor]) => ownMatrix(name, tensor) ?? [name, tensor]));
  const all = merged(new Map([...weights, ...own, [LORA_SCALE, fromFloat32(Float32Array.of(scale), [])]]));
  const unexpected = [...all.keys()].filter((name) => !weights.has(name));
  if (unexpected.length > 0) {
    const value = { path, missing: [], unexpected, misshapen: [] };
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', value);
  }
  return all;
}

/** A tensor of PEFT's as ours; undefined where it is none of an adapter's. Of a matrix that cn_clip holds transposed, A is Bᵀ. */
function ownMatrix(name: string, tensor: Tensor): [name: string, tensor: Tensor] | undefined {
  const [, module, matrix] = /^base_model\.model\.(.+)\.lora_(A|B)\.weight$/.exec(name) ?? [];
  if (module === undefined) return undefined;
  const plain = { name: `${module}.weight`, part: 0, isTransposed: false };
  const target = cnClipNameOf(`${module}.weight`) ?? plain;
  const part = target.name.endsWith('in_proj_weight') ? ['q', 'k', 'v'][target.part]! : '';
  const [a, b] = adapterNames(target.name, part);
  if (target.isTransposed) return [matrix === 'A' ? b : a, transposed(tensor)];
  return [matrix === 'A' ? a : b, tensor];
}

export interface AdapterOptions {
  readonly base: string;
  readonly config: ClipConfig;
  readonly rank: number;
  readonly alpha: number;
  /** Matrices by our names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Writes an adapter that PEFT's `PeftModel.from_pretrained` loads. Throws TUWEN_FILE_UNWRITABLE. */
export async function writeAdapter(folder: string, options: AdapterOptions): Promise<void> {
  const { base, config, rank, alpha, tensors } = options;
  const parts = loraParts('all');
  const modules: string[] = [];
  const stored: StateDict = new Map();
  for (const weight of parameterShapes(config).keys()) {
    for (const [i, part] of parts(weight).entries()) {
      const found = adapterNames(weight, part).map((name) => tensors.get(name));
      if (found.some((tensor) => tensor === undefined)) continue;
      const module = (config.image.kind === 'vit' ? hfNamesOf(weight)[i]! : weight).replace(/\.weight$/, '');
      modules.push(module);
      stored.set(`${PREFIX}${module}.lora_A.weight`, found[0]!);
      stored.set(`${PREFIX}${module}.lora_B.weight`, found[1]!);
    }
  }
  await makeFolder(folder);
  await writeSafetensors(join(folder, WEIGHTS), stored, { format: 'pt' });
  await writeJson(join(folder, CONFIG), {
    peft_type: 'LORA',
    task_type: null,
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    inference_mode: true,
    modules_to_save: null,
    target_modules: modules,
  });
}
