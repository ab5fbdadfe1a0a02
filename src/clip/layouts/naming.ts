/** Whose names a checkpoint's tensors have, and the same tensors by cn_clip's. */
import type { StateDict, Tensor } from '../../weights/index.ts';
import { fromCnClip, hasCnClipNames } from './cn-names.ts';
import { fromHf, hasHfNames } from './hf-names.ts';
import { fromOpenai, hasOpenaiNames } from './openai.ts';

export interface Naming {
  /** What stands before every name; often nothing. */
  readonly prefix: string;
  readonly names: 'cn_clip' | 'hf' | 'openai';
}

/** What may stand before names: of a model trained on several devices, of one that ModelScope fine-tuned. */
const PREFIXES = ['module.', 'clip_model.'];

/**
 * The naming of these tensors; undefined where it is no Chinese-CLIP's. A prefix counts where the first name has it, as
 * in cn_clip and ModelScope.
 */
export function namingOf(tensors: ReadonlyMap<string, unknown>): Naming | undefined {
  const prefix = prefixOf(tensors);
  const plain = withoutPrefix(tensors, prefix);
  if (hasCnClipNames(plain)) return { prefix, names: 'cn_clip' };
  if (hasHfNames(plain)) return { prefix, names: 'hf' };
  return hasOpenaiNames(plain) ? { prefix, names: 'openai' } : undefined;
}

/** As `namingOf`, of half a file too: where any name of a tower, or of a projection, is Chinese-CLIP's. */
export function likelyNamingOf(tensors: ReadonlyMap<string, unknown>): Naming | undefined {
  const naming = namingOf(tensors);
  if (naming) return naming;
  const prefix = prefixOf(tensors);
  const names = [...withoutPrefix(tensors, prefix).keys()];
  const some = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (some(/^(vision_model|text_model)\.|^(text|visual)_projection\.weight$/)) return { prefix, names: 'hf' };
  return some(/^visual\.|^text_projection$/) ? { prefix, names: 'cn_clip' } : undefined;
}

/** What stands before the names of tensors: before the first one, as cn_clip and ModelScope tell it. */
export function prefixOf(tensors: ReadonlyMap<string, unknown>): string {
  let [first = ''] = tensors.keys();
  let prefix = '';
  for (const each of PREFIXES) {
    if (!first.startsWith(each)) continue;
    first = first.slice(each.length);
    prefix += each;
  }
  return prefix;
}

/** Tensors by their names without the prefix. */
export function withoutPrefix<T>(tensors: ReadonlyMap<string, T>, prefix: string): Map<string, T> {
  return new Map(
    Array.from(tensors, ([name, tensor]) => [
      name.startsWith(prefix) ? name.slice(prefix.length) : name,
      tensor,
    ]),
  );
}

/** Tensors as they are named in a checkpoint, by cn_clip's plain names. */
export function byCnClipNames(tensors: ReadonlyMap<string, Tensor>, { prefix, names }: Naming): StateDict {
  const plain = withoutPrefix(tensors, prefix);
  if (names === 'openai') return fromOpenai(plain);
  return names === 'hf' ? fromHf(plain) : fromCnClip(plain);
}
