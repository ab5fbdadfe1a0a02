/** cn_clip's names of tensors, as its checkpoints, ModelScope's and our training checkpoints spell them. */

import { rowsOf, type StateDict, type Tensor, zeros } from '../../weights/index.ts';
import { merged } from '../lora.ts';

/** BERT's pooler: in ModelScope's files and some older ones, never used. */
const POOLER = 'bert.pooler.';

/** The moments of our own training checkpoints. */
const MOMENT = /^optimizer\.(first|second)\./;

/** Whether a tensor is not the model's, but its optimiser's. */
export function isMoment(name: string): boolean {
  return MOMENT.test(name);
}

/** cn_clip's names under FlashAttention, which packs BERT's queries, keys and values. */
const FLASH: readonly (readonly [packed: RegExp, plain: readonly string[]])[] = [
  [/^(.*\.attn)\.Wqkv\.(weight|bias)$/, ['$1.in_proj_$2']],
  [/^(.*\.self)\.Wqkv\.(weight|bias)$/, ['query', 'key', 'value'].map((part) => `$1.${part}.$2`)],
  [/^(.*\.attention)\.self\.out_proj\.(weight|bias)$/, ['$1.output.dense.$2']],
];

/**
 * Tensors by cn_clip's plain names: nothing packed, adapters merged, what is not the model left out, and for every batch norm a count of
 * its batches, which our own checkpoints lack: nothing depends on it.
 */
export function fromCnClip(tensors: ReadonlyMap<string, Tensor>): StateDict {
  const used = [...tensors].filter(([name]) => !name.startsWith(POOLER) && !isMoment(name));
  const plain = new Map(used.flatMap(([name, tensor]) => unpacked(name, tensor)));
  return new Map([...merged(plain)].flatMap(withCounter(tensors)));
}

/** Adds a zero to a running variance, where these tensors have no counter for it. */
function withCounter(tensors: ReadonlyMap<string, unknown>) {
  return ([name, tensor]: [string, Tensor]): [string, Tensor][] => {
    const counter = name.replace(/\.running_var$/, '.num_batches_tracked');
    return counter === name || tensors.has(counter)
      ? [[name, tensor]]
      : [
          [name, tensor],
          [counter, zeros('I64', [])],
        ];
  };
}

/** A tensor, or the parts that FlashAttention packs into it, by their plain names. */
function unpacked(name: string, tensor: Tensor): [string, Tensor][] {
  for (const [pattern, plain] of FLASH) {
    if (!pattern.test(name)) continue;
    const rows = (tensor.shape[0] ?? 0) / plain.length;
    if (!Number.isInteger(rows)) break;
    return plain.map((part, i) => [
      name.replace(pattern, part),
      plain.length === 1 ? tensor : rowsOf(tensor, i * rows, (i + 1) * rows),
    ]);
  }
  return [[name, tensor]];
}

/** Whether these are cn_clip's names of a whole model. */
export function hasCnClipNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return tensors.has('visual.conv1.weight') && tensors.has('bert.embeddings.word_embeddings.weight');
}
