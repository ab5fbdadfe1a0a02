/** Hugging Face's names of the tensors of a Chinese-CLIP or an English CLIP, as a table against cn_clip's and OpenAI's. */
import { fromFloat32, type StateDict, type Tensor, toFloat32, transpose } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { stateEntries } from '../parameters.ts';
import type { ExpectedTensor } from './check-tensors.ts';

/** How the tensors on Hugging Face's side become cn_clip's: as they are, transposed, or stacked along the rows. */
type Transform = 'copy' | 'transpose' | 'stack';

/** cn_clip's name, Hugging Face's names. `{i}` is a layer's number, `{leaf}` weight or bias, `{rest}` any ending. */
type Row = readonly [cnClip: string, huggingFace: readonly string[], transform: Transform];

/** The rows of one of CLIP's transformers, by where its blocks stand on either side. */
const blocks = (block: string, layer: string): readonly Row[] => [
  [
    `${block}.attn.in_proj_{leaf}`,
    ['q', 'k', 'v'].map((part) => `${layer}.self_attn.${part}_proj.{leaf}`),
    'stack',
  ],
  [`${block}.attn.out_proj.{leaf}`, [`${layer}.self_attn.out_proj.{leaf}`], 'copy'],
  [`${block}.ln_1.{leaf}`, [`${layer}.layer_norm1.{leaf}`], 'copy'],
  [`${block}.mlp.c_fc.{leaf}`, [`${layer}.mlp.fc1.{leaf}`], 'copy'],
  [`${block}.mlp.c_proj.{leaf}`, [`${layer}.mlp.fc2.{leaf}`], 'copy'],
  [`${block}.ln_2.{leaf}`, [`${layer}.layer_norm2.{leaf}`], 'copy'],
];

const TABLE: readonly Row[] = [
  ['text_projection', ['text_projection.weight'], 'transpose'],
  ['logit_scale', ['logit_scale'], 'copy'],
  ['visual.class_embedding', ['vision_model.embeddings.class_embedding'], 'copy'],
  ['visual.positional_embedding', ['vision_model.embeddings.position_embedding.weight'], 'copy'],
  ['visual.proj', ['visual_projection.weight'], 'transpose'],
  ['visual.conv1.weight', ['vision_model.embeddings.patch_embedding.weight'], 'copy'],
  ['visual.ln_pre.{leaf}', ['vision_model.pre_layrnorm.{leaf}'], 'copy'],
  ...blocks('visual.transformer.resblocks.{i}', 'vision_model.encoder.layers.{i}'),
  ['visual.ln_post.{leaf}', ['vision_model.post_layernorm.{leaf}'], 'copy'],
  ['bert.{rest}', ['text_model.{rest}'], 'copy'],
  ['positional_embedding', ['text_model.embeddings.position_embedding.weight'], 'copy'],
  ['token_embedding.weight', ['text_model.embeddings.token_embedding.weight'], 'copy'],
  ...blocks('transformer.resblocks.{i}', 'text_model.encoder.layers.{i}'),
  ['ln_final.{leaf}', ['text_model.final_layer_norm.{leaf}'], 'copy'],
];

/** Tensors of some files that no output depends on: position numbers and BERT's pooler. */
export const HF_IGNORED =
  /^(text_model|vision_model)\.embeddings\.position_ids$|^text_model\.pooler\.dense\./;

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '{i}': '(?<i>\\d+)',
  '{leaf}': '(?<leaf>weight|bias)',
  '{rest}': '(?<rest>.+)',
};

const MATCHERS = TABLE.map(([cnClip, huggingFace, transform]) => ({
  pattern: new RegExp(
    `^${cnClip.replaceAll('.', '\\.').replace(/\{\w+\}/g, (name) => PLACEHOLDERS[name]!)}$`,
  ),
  huggingFace,
  transform,
}));

/** One tensor of cn_clip's and where it comes from. */
interface Source {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: readonly string[];
  readonly transform: Transform;
}

/** Where each tensor of the model comes from, in cn_clip's order. */
function sourcesOf(config: ClipConfig): Source[] {
  return stateEntries(config).map(({ name, shape }) => {
    for (const { pattern, huggingFace, transform } of MATCHERS) {
      const match = pattern.exec(name);
      if (match) return { name, shape, transform, from: huggingFace.map((row) => fill(row, match.groups)) };
    }
    throw new Error(`no row for ${name}`);
  });
}

function fill(row: string, groups: Record<string, string> = {}): string {
  return row.replace(/\{(\w+)\}/g, (_, name: string) => groups[name]!);
}

/** The tensors a Hugging Face checkpoint of this model holds, by their names there. */
export function hfTensors(config: ClipConfig): Map<string, ExpectedTensor> {
  return new Map(
    sourcesOf(config).flatMap(({ from, shape, transform }) =>
      from.map((name) => [name, { shape: shapeBefore(shape, transform), kind: 'float' }] as const),
    ),
  );
}

function shapeBefore(shape: readonly number[], transform: Transform): readonly number[] {
  if (transform === 'transpose') return shape.toReversed();
  const [rows, ...rest] = shape;
  return transform === 'stack' ? [rows! / 3, ...rest] : shape;
}

/** The tensors of a Hugging Face checkpoint, which hold to `hfTensors`, by cn_clip's names. */
export function fromHf(tensors: StateDict, config: ClipConfig): StateDict {
  return new Map(
    sourcesOf(config).map(({ name, from, transform }) => {
      const parts = from.map((source) => tensors.get(source)!);
      if (transform === 'transpose') return [name, transpose(parts[0]!)];
      return [name, transform === 'stack' ? stack(parts) : parts[0]!];
    }),
  );
}

/** Tensors below one another; of several element types, as F32. */
function stack(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  if (tensors.some(({ dtype }) => dtype !== first.dtype))
    return stack(tensors.map((tensor) => fromFloat32(toFloat32(tensor), tensor.shape)));
  const parts = tensors.map((tensor) => tensor.bytes);
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  const rows = tensors.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return { dtype: first.dtype, shape: [rows, ...first.shape.slice(1)], bytes };
}

/** Whether these are Hugging Face's names of a Chinese-CLIP or an English CLIP. */
export function hasHfNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return (
    tensors.has('vision_model.embeddings.patch_embedding.weight') &&
    (tensors.has('text_model.embeddings.word_embeddings.weight') ||
      tensors.has('text_model.embeddings.token_embedding.weight'))
  );
}
