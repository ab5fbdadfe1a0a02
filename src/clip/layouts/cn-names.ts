/** cn_clip's names of tensors, as its checkpoints and ModelScope's spell them. */

/** What stands before every name: of a model trained on several devices, of one that ModelScope fine-tuned. */
const PREFIXES = ['module.', 'clip_model.'];

/** BERT's pooler: in ModelScope's files and some older ones, never used. */
const UNUSED = 'bert.pooler.';

/**
 * A checkpoint's tensors by cn_clip's plain names, the unused pooler left out. A prefix goes where the first name has
 * it, as in cn_clip and ModelScope.
 */
export function byCnClipNames<T>(tensors: ReadonlyMap<string, T>): Map<string, T> {
  let entries = [...tensors];
  for (const prefix of PREFIXES) {
    if (entries[0]?.[0].startsWith(prefix))
      entries = entries.map(([name, tensor]) => [
        name.startsWith(prefix) ? name.slice(prefix.length) : name,
        tensor,
      ]);
  }
  return new Map(entries.filter(([name]) => !name.startsWith(UNUSED)));
}

/** Whether these are cn_clip's names of a whole model. */
export function hasCnClipNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return tensors.has('visual.conv1.weight') && tensors.has('bert.embeddings.word_embeddings.weight');
}
