/** Adapters of a model's linear layers: which there are, and the model with them merged. */
import { adapterNames } from '../graph/index.ts';
import { added, type StateDict, type Tensor } from '../weights/index.ts';
import type { ClipConfig } from './config.ts';
import { parameterShapes } from './parameters.ts';

/** Which layers have adapters: those of attention alone, or the perceptrons' too. */
export const LORA_TARGETS = ['attention', 'all'] as const;
export type LoraTargets = (typeof LORA_TARGETS)[number];

/** The scalar α / r of a checkpoint with adapters. */
export const LORA_SCALE = 'lora_scale';

const ATTENTION = /(^|\.)(out_proj|query|key|value|attention\.output\.dense|attnpool\.\w_proj)\.weight$/;
const PERCEPTRON = /(^|\.)(mlp\.c_fc|mlp\.c_proj|intermediate\.dense|output\.dense)\.weight$/;
/** What cn_clip packs, as PEFT adapts it: each by itself. */
const PACKED = ['q', 'k', 'v'];

/** The adapters of a weight, by its name or the end of it; see `Lora`. */
export function loraParts(targets: LoraTargets): (weight: string) => readonly string[] {
  return (weight) => {
    if (weight.endsWith('in_proj_weight')) return PACKED;
    const isAdapted = ATTENTION.test(weight) || (targets === 'all' && PERCEPTRON.test(weight));
    return isAdapted ? [''] : [];
  };
}

/** The shapes of all adapters of the weights that `adapts`, by their names. */
export function loraShapes(
  config: ClipConfig,
  { rank, targets, adapts }: { rank: number; targets: LoraTargets; adapts: (weight: string) => boolean },
): Map<string, readonly number[]> {
  const parts = loraParts(targets);
  return new Map(
    [...parameterShapes(config)]
      .filter(([name]) => adapts(name))
      .flatMap(([name, shape]) => {
        const names = parts(name);
        return names.flatMap((part): [string, readonly number[]][] => {
          const [a, b] = adapterNames(name, part);
          const [outputs, inputs] = shape as [number, number];
          return [
            [a, [rank, inputs]],
            [b, [outputs / names.length, rank]],
          ];
        });
      }),
  );
}

const ADAPTER = /^(.+?)(?:\.([qkv]))?\.lora_(A|B)$/;

/** Whether a tensor belongs to adapters. */
export function isAdapter(name: string): boolean {
  return name === LORA_SCALE || ADAPTER.test(name);
}

/**
 * Tensors of a checkpoint with its adapters merged: W + (α / r) · B·A, computed when the bytes are asked for. Others are as
 * they were; an adapter without its weight, its partner or a fitting shape stays, so that who checks the names finds it.
 */
export function merged(tensors: ReadonlyMap<string, Tensor>): StateDict {
  const scale = tensors.get(LORA_SCALE);
  if (!scale) return new Map(tensors);
  const result: StateDict = new Map(tensors);
  for (const [name, weight] of tensors) {
    for (const parts of [[''], PACKED]) {
      const rows = weight.shape[0]! / parts.length;
      const found = parts.flatMap((part, i) => {
        const names = adapterNames(name, part);
        const [a, b] = names.map((each) => tensors.get(each));
        return a && b && suits([rows, weight.shape[1]!], a, b) ? [{ names, a, b, row: i * rows }] : [];
      });
      if (weight.shape.length !== 2 || found.length === 0) continue;
      result.set(name, added(weight, found, scale));
      for (const { names } of found) for (const each of names) result.delete(each);
    }
  }
  result.delete(LORA_SCALE);
  return result;
}

function suits([rows, columns]: readonly [rows: number, columns: number], a: Tensor, b: Tensor): boolean {
  const isMatrix = a.shape.length === 2 && b.shape.length === 2;
  return isMatrix && a.shape[1] === columns && b.shape[0] === rows && a.shape[0] === b.shape[1];
}
