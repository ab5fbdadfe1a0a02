/** Chinese RoBERTa as Hugging Face keeps it: a BERT by its own names, with heads that Chinese-CLIP has no use for. */

const PREFIX = 'bert.';

/** The parts of BERT that Chinese-CLIP has; the rest are buffers, the pooler and heads. */
const USED = /^bert\.(embeddings\.(\w+_embeddings|LayerNorm)|encoder\.layer\.\d+\..+)\.(weight|bias)$/;

/** What old files call the weight and the bias of a layer norm. */
const OLD_NAMES: Readonly<Record<string, string>> = { gamma: 'weight', beta: 'bias' };

/** A BERT's tensors by cn_clip's names, and the names of those that are left over. */
export interface BertTensors<T> {
  readonly tensors: Map<string, T>;
  readonly unused: readonly string[];
}

/**
 * Names of a BERT's tensors, with or without `bert.` before them (a model with heads, or the model alone), layer norms as
 * `weight` and `bias` or `gamma` and `beta`, as cn_clip has them. `module.` goes.
 */
export function byBertNames<T>(found: ReadonlyMap<string, T>): BertTensors<T> {
  const isAlone = found.has('embeddings.word_embeddings.weight');
  const tensors = new Map<string, T>();
  const unused: string[] = [];
  for (const [name, tensor] of found) {
    const full = (isAlone ? PREFIX + name : name.replace(/^module\./, '')).replace(
      /LayerNorm\.(gamma|beta)$/,
      (_, old: string) => `LayerNorm.${OLD_NAMES[old]}`,
    );
    if (USED.test(full)) tensors.set(full, tensor);
    else unused.push(name);
  }
  return { tensors, unused };
}
