/** Hugging Face's names of the tensors of a Chinese-CLIP or an English CLIP, as a table against cn_clip's and OpenAI's. */
import { rowsOf, type StateDict, stacked, type Tensor, transposed } from '../../weights/index.ts';
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
  ['positional_embedding', ['text_model.embeddings.position_embedding.weight'], 'copy'],
  ['token_embedding.weight', ['text_model.embeddings.token_embedding.weight'], 'copy'],
  ...blocks('transformer.resblocks.{i}', 'text_model.encoder.layers.{i}'),
  ['ln_final.{leaf}', ['text_model.final_layer_norm.{leaf}'], 'copy'],
  ['bert.{rest}', ['text_model.{rest}'], 'copy'], // last, since it takes every name that is no English CLIP's
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
  cnClip,
  huggingFace,
  transform,
  cnClipPattern: patternOf(cnClip),
  huggingFacePatterns: huggingFace.map(patternOf),
}));

function patternOf(row: string): RegExp {
  return new RegExp(`^${row.replaceAll('.', '\\.').replace(/\{\w+\}/g, (name) => PLACEHOLDERS[name]!)}$`);
}

function fill(row: string, groups: Record<string, string> = {}): string {
  return row.replace(/\{(\w+)\}/g, (_, name: string) => groups[name]!);
}

/** What a tensor of cn_clip's is on Hugging Face's side. */
function sourceOf(name: string): { readonly from: readonly string[]; readonly transform: Transform } {
  for (const { cnClipPattern, huggingFace, transform } of MATCHERS) {
    const match = cnClipPattern.exec(name);
    if (match) return { transform, from: huggingFace.map((row) => fill(row, match.groups)) };
  }
  throw new Error(`no row for ${name}`);
}

/** The tensor of cn_clip's that one of Hugging Face's is, or belongs to. */
function targetOf(name: string): string | undefined {
  for (const { huggingFacePatterns, cnClip } of MATCHERS) {
    for (const pattern of huggingFacePatterns) {
      const match = pattern.exec(name);
      if (match) return fill(cnClip, match.groups);
    }
  }
  return undefined;
}

/** The tensors a Hugging Face checkpoint of this model holds, by their names there. */
export function hfTensors(config: ClipConfig): Map<string, ExpectedTensor> {
  return new Map(
    stateEntries(config).flatMap(({ name, shape }) => {
      const { from, transform } = sourceOf(name);
      return from.map((part) => [part, { shape: shapeBefore(shape, transform), kind: 'float' }] as const);
    }),
  );
}

function shapeBefore(shape: readonly number[], transform: Transform): readonly number[] {
  if (transform === 'transpose') return shape.toReversed();
  const [rows, ...rest] = shape;
  return transform === 'stack' ? [rows! / 3, ...rest] : shape;
}

/**
 * The tensors of a Hugging Face checkpoint by cn_clip's names, as far as they are there; others, and what no output
 * depends on, are left out.
 */
export function fromHf(tensors: ReadonlyMap<string, Tensor>): StateDict {
  const used = [...tensors.keys()].filter((name) => !HF_IGNORED.test(name));
  const targets = new Set(used.flatMap((name) => targetOf(name) ?? []));
  return new Map(
    Array.from(targets).flatMap((name): [string, Tensor][] => {
      const { from, transform } = sourceOf(name);
      const parts = from.flatMap((source) => tensors.get(source) ?? []);
      if (parts.length < from.length) return [];
      if (transform === 'transpose') return [[name, transposed(parts[0]!)]];
      return [[name, transform === 'stack' ? stacked(parts) : parts[0]!]];
    }),
  );
}

/** The tensors of a model, by cn_clip's names, by Hugging Face's. The inverse of `fromHf`. */
export function toHf(weights: ReadonlyMap<string, Tensor>): StateDict {
  return new Map(
    Array.from(weights).flatMap(([name, tensor]): [string, Tensor][] => {
      const { from, transform } = sourceOf(name);
      if (transform === 'transpose') return [[from[0]!, transposed(tensor)]];
      if (transform === 'copy') return [[from[0]!, tensor]];
      const rows = tensor.shape[0]! / from.length;
      return from.map((part, i) => [part, rowsOf(tensor, i * rows, (i + 1) * rows)]);
    }),
  );
}

/** Hugging Face's names of what a tensor of cn_clip's is there, in the order of its rows. */
export function hfNamesOf(name: string): readonly string[] {
  return sourceOf(name).from;
}

/** The tensor of cn_clip's that one of Hugging Face's is or belongs to. */
export interface CnClipPlace {
  readonly name: string;
  /** Which of its parts, from 0. */
  readonly part: number;
  readonly isTransposed: boolean;
}

/** undefined where there is none. */
export function cnClipNameOf(name: string): CnClipPlace | undefined {
  const target = targetOf(name);
  if (target === undefined) return undefined;
  const { from, transform } = sourceOf(target);
  return { name: target, part: from.indexOf(name), isTransposed: transform === 'transpose' };
}

/** Whether these are Hugging Face's names of a Chinese-CLIP or an English CLIP. */
export function hasHfNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return (
    tensors.has('vision_model.embeddings.patch_embedding.weight') &&
    (tensors.has('text_model.embeddings.word_embeddings.weight') ||
      tensors.has('text_model.embeddings.token_embedding.weight'))
  );
}
