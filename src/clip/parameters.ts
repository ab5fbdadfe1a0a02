/** The tensors of a model by cn_clip's names (English CLIP: OpenAI's, the same for all they share), in their order. */
import type { BertConfig, CausalTextConfig, ClipConfig, ResNetConfig, VitConfig } from './config.ts';

/** One tensor of a model's state. */
export interface StateEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * `parameter`: trained. `statistic`: a batch norm's running mean or variance. `counter`: how many batches those have
   * seen, an int64.
   */
  readonly role: 'parameter' | 'statistic' | 'counter';
}

/** Every tensor of a model, parameters and buffers, in cn_clip's order. */
export function stateEntries(config: ClipConfig): StateEntry[] {
  const { image, text, embedDim } = config;
  return [
    ...(text.kind === 'causal' ? [parameter('positional_embedding', [text.maxPositions, text.hidden])] : []),
    parameter('text_projection', [text.hidden, embedDim]),
    parameter('logit_scale', []),
    ...(image.kind === 'vit' ? vitEntries(image, embedDim) : resnetEntries(image, embedDim)),
    ...(text.kind === 'causal' ? causalEntries(text) : bertEntries(text)),
  ];
}

/** Shapes of the trained tensors, in cn_clip's order. */
export function parameterShapes(config: ClipConfig): Map<string, readonly number[]> {
  return shapesOf(stateEntries(config).filter(({ role }) => role === 'parameter'));
}

/** Shapes of the batch norms' buffers (ResNet only), in cn_clip's order. */
export function bufferShapes(config: ClipConfig): Map<string, readonly number[]> {
  return shapesOf(stateEntries(config).filter(({ role }) => role !== 'parameter'));
}

/** How many trained numbers a model has. */
export function parameterCount(config: ClipConfig): number {
  return countOf(() => true, config);
}

/** How many of them belong to the image tower. */
export function imageParameterCount(config: ClipConfig): number {
  return countOf((name) => name.startsWith('visual.'), config);
}

function countOf(counts: (name: string) => boolean, config: ClipConfig): number {
  const shapes = [...parameterShapes(config)].filter(([name]) => counts(name));
  return shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function shapesOf(entries: readonly StateEntry[]): Map<string, readonly number[]> {
  return new Map(entries.map(({ name, shape }) => [name, shape]));
}

function parameter(name: string, shape: readonly number[]): StateEntry {
  return { name, shape, role: 'parameter' };
}

function linear(name: string, inputs: number, outputs: number): StateEntry[] {
  return [parameter(`${name}.weight`, [outputs, inputs]), parameter(`${name}.bias`, [outputs])];
}

function norm(name: string, width: number): StateEntry[] {
  return [parameter(`${name}.weight`, [width]), parameter(`${name}.bias`, [width])];
}

function vitEntries({ resolution, patch, width, layers, mlp }: VitConfig, embedDim: number): StateEntry[] {
  const tokens = (resolution / patch) ** 2 + 1;
  return [
    parameter('visual.class_embedding', [width]),
    parameter('visual.positional_embedding', [tokens, width]),
    parameter('visual.proj', [width, embedDim]),
    parameter('visual.conv1.weight', [width, 3, patch, patch]),
    ...norm('visual.ln_pre', width),
    ...times(layers, (i) => transformerBlock(`visual.transformer.resblocks.${i}`, width, mlp)),
    ...norm('visual.ln_post', width),
  ];
}

function transformerBlock(name: string, width: number, mlp: number): StateEntry[] {
  return [
    parameter(`${name}.attn.in_proj_weight`, [3 * width, width]),
    parameter(`${name}.attn.in_proj_bias`, [3 * width]),
    ...linear(`${name}.attn.out_proj`, width, width),
    ...norm(`${name}.ln_1`, width),
    ...linear(`${name}.mlp.c_fc`, width, mlp),
    ...linear(`${name}.mlp.c_proj`, mlp, width),
    ...norm(`${name}.ln_2`, width),
  ];
}

/** A bottleneck's output has this many times the channels of its middle. */
const EXPANSION = 4;

function resnetEntries({ resolution, width, layers }: ResNetConfig, embedDim: number): StateEntry[] {
  const features = 8 * width * EXPANSION;
  const positions = (resolution / 32) ** 2 + 1;
  return [
    ...convolution('visual', 1, 3, width / 2, 3),
    ...convolution('visual', 2, width / 2, width / 2, 3),
    ...convolution('visual', 3, width / 2, width, 3),
    ...layers.flatMap((blocks, stage) => resnetStage(stage, blocks, width)),
    parameter('visual.attnpool.positional_embedding', [positions, features]),
    ...linear('visual.attnpool.k_proj', features, features),
    ...linear('visual.attnpool.q_proj', features, features),
    ...linear('visual.attnpool.v_proj', features, features),
    ...linear('visual.attnpool.c_proj', features, embedDim),
  ];
}

function resnetStage(stage: number, blocks: number, width: number): StateEntry[] {
  const planes = width * 2 ** stage;
  const outputs = planes * EXPANSION;
  const inputs = stage === 0 ? width : outputs / 2;
  return times(blocks, (i) => {
    const name = `visual.layer${stage + 1}.${i}`;
    return [
      ...convolution(name, 1, i === 0 ? inputs : outputs, planes, 1),
      ...convolution(name, 2, planes, planes, 3),
      ...convolution(name, 3, planes, outputs, 1),
      ...(i === 0
        ? [
            parameter(`${name}.downsample.0.weight`, [outputs, inputs, 1, 1]),
            ...batchNorm(`${name}.downsample.1`, outputs),
          ]
        : []),
    ];
  });
}

/** The n-th convolution of a block, without bias, and its batch norm. */
function convolution(
  block: string,
  n: number,
  inputs: number,
  outputs: number,
  kernel: number,
): StateEntry[] {
  return [
    parameter(`${block}.conv${n}.weight`, [outputs, inputs, kernel, kernel]),
    ...batchNorm(`${block}.bn${n}`, outputs),
  ];
}

function batchNorm(name: string, channels: number): StateEntry[] {
  return [
    ...norm(name, channels),
    { name: `${name}.running_mean`, shape: [channels], role: 'statistic' },
    { name: `${name}.running_var`, shape: [channels], role: 'statistic' },
    { name: `${name}.num_batches_tracked`, shape: [], role: 'counter' },
  ];
}

function causalEntries({ vocabSize, hidden, layers, intermediate }: CausalTextConfig): StateEntry[] {
  return [
    ...times(layers, (i) => transformerBlock(`transformer.resblocks.${i}`, hidden, intermediate)),
    parameter('token_embedding.weight', [vocabSize, hidden]),
    ...norm('ln_final', hidden),
  ];
}

function bertEntries(config: BertConfig): StateEntry[] {
  const { vocabSize, hidden, maxPositions, typeVocabSize, layers, intermediate } = config;
  return [
    parameter('bert.embeddings.word_embeddings.weight', [vocabSize, hidden]),
    parameter('bert.embeddings.position_embeddings.weight', [maxPositions, hidden]),
    parameter('bert.embeddings.token_type_embeddings.weight', [typeVocabSize, hidden]),
    ...norm('bert.embeddings.LayerNorm', hidden),
    ...times(layers, (i) => bertLayer(`bert.encoder.layer.${i}`, hidden, intermediate)),
  ];
}

function bertLayer(name: string, hidden: number, intermediate: number): StateEntry[] {
  return [
    ...linear(`${name}.attention.self.query`, hidden, hidden),
    ...linear(`${name}.attention.self.key`, hidden, hidden),
    ...linear(`${name}.attention.self.value`, hidden, hidden),
    ...linear(`${name}.attention.output.dense`, hidden, hidden),
    ...norm(`${name}.attention.output.LayerNorm`, hidden),
    ...linear(`${name}.intermediate.dense`, hidden, intermediate),
    ...linear(`${name}.output.dense`, intermediate, hidden),
    ...norm(`${name}.output.LayerNorm`, hidden),
  ];
}

function times(count: number, entries: (i: number) => StateEntry[]): StateEntry[] {
  return Array.from({ length: count }, (_, i) => entries(i)).flat();
}
