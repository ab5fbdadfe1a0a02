/**
 * Every error of the library: one row a code, with the type of the value that was wrong and its message and remedy
 * in both languages. Codes are promises: add rows freely, never change what a code means.
 */

import { SAFETENSORS_FAULTS, type SafetensorsFault } from './safetensors-faults.ts';
import { TORCH_FAULTS, type TorchFault } from './torch-faults.ts';

/** What an error says in one language. */
export interface Text<V> {
  /** What happened, with the offending value. */
  message: (value: V) => string;
  /** What to do next. */
  remedy: (value: V) => string;
}

interface Row<V> {
  en: Text<V>;
  zh: Text<V>;
}

function row<V>(
  en: [Text<V>['message'], Text<V>['remedy']],
  zh: [Text<V>['message'], Text<V>['remedy']],
): Row<V> {
  return { en: { message: en[0], remedy: en[1] }, zh: { message: zh[0], remedy: zh[1] } };
}

/** Which picture an error is about. */
interface ImageValue {
  /** Its path or address, or what kind of value it was. */
  source: string;
  /** Its place in the list it came from, from 0. */
  index?: number;
}

/** What can be called off. */
export type Job = keyof typeof JOBS;

const JOBS = {
  run: { en: 'the run', zh: '运行' },
  reading: { en: 'reading', zh: '读取' },
  training: { en: 'training', zh: '训练' },
} as const;

export const MESSAGES = {
  // Using the library
  TUWEN_BAD_ARGUMENT: row<{ name: string; got: unknown; expected: string }>(
    [
      (v) => `${v.name}: got ${show(v.got)}, expected ${v.expected}`,
      (v) => `Pass ${v.expected} as ${v.name}.`,
    ],
    [
      (v) => `${v.name}：得到 ${show(v.got)}，应为 ${v.expected}`,
      (v) => `请把 ${v.name} 改为：${v.expected}。`,
    ],
  ),
  TUWEN_CANCELLED: row<{ job: Job; source?: string }>(
    [
      (v) => `${JOBS[v.job].en} was cancelled${at(v.source)}`,
      (v) => (v.job === 'training' ? 'Run it again to go on.' : 'Run it again.'),
    ],
    [
      (v) => `${JOBS[v.job].zh}已取消${at(v.source)}`,
      (v) => (v.job === 'training' ? '再次运行即可继续。' : '请再次运行。'),
    ],
  ),
  TUWEN_CLOSED: row<Record<string, never>>(
    [() => 'the model is closed', () => 'Load it again before using it.'],
    [() => '模型已关闭', () => '请重新加载后再使用。'],
  ),

  // Files
  TUWEN_FILE_MISSING: row<{ path: string }>(
    [(v) => `no such file or folder: ${v.path}`, () => 'Check the path.'],
    [(v) => `找不到文件或文件夹：${v.path}`, () => '请检查路径。'],
  ),
  TUWEN_FILE_UNREADABLE: row<{ path: string; reason: string }>(
    [
      (v) => `cannot read ${v.path}: ${v.reason}`,
      () => 'Check that the file is whole and that you may read it.',
    ],
    [(v) => `无法读取 ${v.path}：${v.reason}`, () => '请确认文件完整且有读取权限。'],
  ),
  TUWEN_FILE_UNWRITABLE: row<{ path: string; reason: string }>(
    [
      (v) => `cannot write ${v.path}: ${v.reason}`,
      () => 'Check that the folder exists, that you may write there and that the disk is not full.',
    ],
    [(v) => `无法写入 ${v.path}：${v.reason}`, () => '请确认文件夹存在、有写入权限且磁盘未满。'],
  ),

  // Weights
  TUWEN_SAFETENSORS_INVALID: row<{
    source: string;
    fault: SafetensorsFault;
    tensor?: string;
    got?: unknown;
  }>(
    [
      (v) => `${v.source}: ${SAFETENSORS_FAULTS[v.fault].en}${detail(v, ': ')}`,
      () => 'The safetensors file is damaged or was not written by the rules of the format: fetch it again.',
    ],
    [
      (v) => `${v.source}：${SAFETENSORS_FAULTS[v.fault].zh}${detail(v, '：')}`,
      () => 'safetensors 文件已损坏或不符合格式，请重新获取。',
    ],
  ),
  TUWEN_TORCH_INVALID: row<{
    source: string;
    fault: TorchFault;
    /** The entry, tensor, storage or function it is about. */
    about?: string;
  }>(
    [
      (v) => `${v.source}: ${TORCH_FAULTS[v.fault].en}${v.about === undefined ? '' : `: ${show(v.about)}`}`,
      () => 'The PyTorch file is damaged or holds something other than a state dict: fetch it again.',
    ],
    [
      (v) => `${v.source}：${TORCH_FAULTS[v.fault].zh}${v.about === undefined ? '' : `：${show(v.about)}`}`,
      () => 'PyTorch 文件已损坏，或其内容不是 state dict，请重新获取。',
    ],
  ),
  TUWEN_PICKLE_UNSAFE: row<{ source: string; what: 'global' | 'opcode'; name: string }>(
    [
      (v) => `${v.source} asks for the ${v.what} ${show(v.name)}, which no state dict needs; nothing was run`,
      () => 'Use a file from a source you trust; a whole module is saved anew as model.state_dict().',
    ],
    [
      (v) =>
        `${v.source} 要求 state dict 用不到的${v.what === 'global' ? '名称' : '指令'} ${show(v.name)}；未执行任何内容`,
      () => '请使用可信来源的文件；若保存的是整个模型，请改为保存 model.state_dict()。',
    ],
  ),
  TUWEN_TORCH_UNSUPPORTED: row<{ source: string; kind: 'torchscript' | 'big-endian' }>(
    [
      (v) =>
        `${v.source} is ${v.kind === 'torchscript' ? 'a TorchScript archive (a program), not a state dict' : 'written in big-endian order'}`,
      () =>
        'Save its state dict with PyTorch on a little-endian machine: torch.save(model.state_dict(), file).',
    ],
    [
      (v) =>
        `${v.source} ${v.kind === 'torchscript' ? '是 TorchScript 程序包，不是 state dict' : '以大端字节序写成'}`,
      () => '请在小端机器上用 PyTorch 保存其 state dict：torch.save(model.state_dict(), file)。',
    ],
  ),
  TUWEN_WEIGHTS_UNKNOWN: row<{ path: string }>(
    [
      (v) => `${v.path} is neither a PyTorch nor a safetensors file`,
      () => 'Name a .pt, .bin or .safetensors file that is whole.',
    ],
    [
      (v) => `${v.path} 既不是 PyTorch 文件，也不是 safetensors 文件`,
      () => '请指定完整的 .pt、.bin 或 .safetensors 文件。',
    ],
  ),
  TUWEN_SHARD_NAME_UNSAFE: row<{ path: string; shard: string }>(
    [
      (v) => `${v.path} names a shard that is not a .safetensors file beside it: ${show(v.shard)}`,
      () => 'Use an index whose shards lie in its own folder.',
    ],
    [
      (v) => `${v.path} 所列分片不是同一文件夹中的 .safetensors 文件：${show(v.shard)}`,
      () => '请使用分片与索引位于同一文件夹的模型。',
    ],
  ),
  TUWEN_CHECKPOINT_MISMATCH: row<{
    path: string;
    missing: readonly string[];
    unexpected: readonly string[];
    /** What was found under the name, and what belongs there. */
    misshapen: readonly { name: string; expected: string; got: string }[];
  }>(
    [
      (v) =>
        [
          `${v.path} does not hold the tensors its configuration describes`,
          ...listed('missing', v.missing, ', '),
          ...listed('unexpected', v.unexpected, ', '),
          ...listed('misshapen', v.misshapen.map(misfit), ', '),
        ].join('; '),
      () => 'Check that the weights and the configuration belong together.',
    ],
    [
      (v) =>
        [
          `${v.path} 的张量与配置不符`,
          ...listed('缺少', v.missing, '、'),
          ...listed('多余', v.unexpected, '、'),
          ...listed('形状或类型不符', v.misshapen.map(misfit), '、'),
        ].join('；'),
      () => '请确认权重与配置属于同一模型。',
    ],
  ),

  // Text
  TUWEN_VOCABULARY_INVALID: row<{ reason: string }>(
    [
      (v) => `not a usable vocab.txt: ${v.reason}`,
      () => 'Use the vocab.txt that came with the model: one word a line, [PAD] first.',
    ],
    [
      (v) => `vocab.txt 无法使用：${v.reason}`,
      () => '请使用模型自带的 vocab.txt：每行一个词，[PAD] 在第一行。',
    ],
  ),

  // Images: `source` names the picture, `index` its place where a list was given
  TUWEN_IMAGE_MISSING: row<ImageValue>(
    [(v) => `${image(v)}: no such file`, () => 'Check the path.'],
    [(v) => `${image(v)}：文件不存在`, () => '请检查路径。'],
  ),
  TUWEN_IMAGE_UNREADABLE: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: cannot read this picture: ${v.reason}`,
      () => 'Pass a whole JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP picture, or convert it to one of these.',
    ],
    [
      (v) => `${image(v)}：无法读取图片：${v.reason}`,
      () => '请使用完整的 JPEG、PNG、WebP、GIF、TIFF、AVIF 或 BMP 图片，或先转换为其中一种格式。',
    ],
  ),
  TUWEN_IMAGE_TOO_LARGE: row<ImageValue & { unit: 'pixel' | 'byte'; size: number; limit: number }>(
    [
      (v) => `${image(v)}: ${v.size} ${v.unit}s, the limit is ${v.limit}`,
      (v) =>
        `Make the picture smaller, or read it with loadImage and a larger ${v.unit === 'pixel' ? 'maxPixels' : 'maxBytes'}.`,
    ],
    [
      (v) => `${image(v)}：共 ${v.size} ${v.unit === 'pixel' ? '像素' : '字节'}，上限为 ${v.limit}`,
      (v) => `请缩小图片，或用 loadImage 读取并调高  ${v.unit === 'pixel' ? 'maxPixels' : 'maxBytes'}。`,
    ],
  ),
  TUWEN_IMAGE_NOT_FETCHED: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: download failed: ${v.reason}`,
      () => 'Check the address and the network, then retry.',
    ],
    [(v) => `${image(v)}：下载失败：${v.reason}`, () => '请检查网址与网络后重试。'],
  ),
  TUWEN_IMAGE_INPUT: row<ImageValue & { reason: string }>(
    [
      (v) => `${image(v)}: not a picture: ${v.reason}`,
      () => 'Pass a path, a URL, the bytes of a picture file, or { data, width, height, channels }.',
    ],
    [
      (v) => `${image(v)}：不是图片输入：${v.reason}`,
      () => '请传入路径、URL、图片文件的字节，或 { data, width, height, channels }。',
    ],
  ),
  TUWEN_NO_IMAGES: row<{ path: string }>(
    [
      (v) => `no pictures in ${v.path}`,
      () =>
        'Name a folder with JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP pictures, or the pictures themselves.',
    ],
    [
      (v) => `${v.path} 里没有图片`,
      () => '请指定含有 JPEG、PNG、WebP、GIF、TIFF、AVIF 或 BMP 图片的文件夹，或直接指定图片。',
    ],
  ),

  // Model folders
  TUWEN_CONFIG_INVALID: row<{ file: string; key: string; got: unknown; expected: string }>(
    [
      (v) => `${v.file}: ${v.key} is ${show(v.got)}, expected ${v.expected}`,
      (v) => `Correct ${v.key} in ${v.file}, or fetch the file again.`,
    ],
    [
      (v) => `${v.file}：${v.key} 为 ${show(v.got)}，应为 ${v.expected}`,
      (v) => `请更正 ${v.file} 中的 ${v.key}，或重新获取该文件。`,
    ],
  ),
  TUWEN_CONFIG_UNSUPPORTED: row<{ file: string; key: string; got: unknown; supported: string }>(
    [
      (v) => `${v.file}: ${v.key} ${show(v.got)} is not supported, only ${v.supported}`,
      () => 'Use a Chinese-CLIP model; this one differs from what Chinese-CLIP computes.',
    ],
    [
      (v) => `${v.file}：不支持 ${v.key} ${show(v.got)}，仅支持 ${v.supported}`,
      () => '请使用 Chinese-CLIP 模型；该模型的计算方式与之不同。',
    ],
  ),
  TUWEN_ARCHITECTURE_UNKNOWN: row<{ path: string; reason: string }>(
    [
      (v) => `cannot tell the architecture of ${v.path}: ${v.reason}`,
      () => "Put the model's two cn_clip configuration files (vision and text) beside the weights.",
    ],
    [
      (v) => `无法确定 ${v.path} 的结构：${v.reason}`,
      () => '请把该模型的两个 cn_clip 配置文件（图像与文本）放在权重旁边。',
    ],
  ),
  TUWEN_VOCABULARY_MISSING: row<{ path: string; words: number }>(
    [
      (v) => `no vocab.txt beside ${v.path}, which has ${v.words} word embeddings`,
      () => "Put the model's vocab.txt beside the weights.",
    ],
    [
      (v) => `${v.path} 有 ${v.words} 个词向量，但旁边没有 vocab.txt`,
      () => '请把该模型的 vocab.txt 放在权重旁边。',
    ],
  ),
  TUWEN_LAYOUT_UNKNOWN: row<{ path: string; found: readonly string[]; known: readonly string[] }>(
    [
      (v) => [`${v.path} is not a model of a known layout`, ...listed('found', v.found, ', ')].join('; '),
      (v) => `Give a folder or file in one of these layouts: ${v.known.join(', ')}.`,
    ],
    [
      (v) => [`${v.path} 不是已知布局的模型`, ...listed('其中有', v.found, '、')].join('；'),
      (v) => `请使用以下布局之一的模型文件夹或文件：${v.known.join('、')}。`,
    ],
  ),

  // Models
  TUWEN_MODEL_NOT_CHOSEN: row<Record<string, never>>(
    [
      () => 'no model was named',
      () =>
        'Name one: the folder of a Chinese-CLIP checkpoint, or mini (shipped; drawings only); or set TUWEN_MODEL.',
    ],
    [
      () => '没有指定模型',
      () => '请指定模型：Chinese-CLIP 权重所在的文件夹，或 mini（自带，仅适合图画）；也可设置 TUWEN_MODEL。',
    ],
  ),
  TUWEN_MODEL_UNKNOWN: row<{ model: string }>(
    [
      (v) => `no model called ${show(v.model)}, and no such folder`,
      () => 'Give the path of a checkpoint folder, or mini.',
    ],
    [
      (v) => `没有名为 ${show(v.model)} 的模型，也没有这个文件夹`,
      () => '请给出权重文件夹的路径，或使用 mini。',
    ],
  ),

  // Graph and engine
  TUWEN_GRAPH_INVALID: row<{ operator: string; reason: string }>(
    [
      (v) => `${v.operator}: ${v.reason}`,
      () => 'Check the shapes and types of the values that go into this operator.',
    ],
    [(v) => `${v.operator}：${v.reason}`, () => '请检查该算子输入的形状与类型。'],
  ),
  TUWEN_NO_GRADIENT: row<{ operator: string }>(
    [
      (v) => `${v.operator} has no gradient rule`,
      () =>
        'Build the graph with the training lowering, or keep this operator off the path to the parameters.',
    ],
    [(v) => `${v.operator} 没有梯度规则`, () => '请用训练形式构建计算图，或让该算子不在参数的路径上。'],
  ),
  TUWEN_ENGINE_FAILED: row<{ reason: string }>(
    [
      (v) => `the inference engine failed: ${v.reason}`,
      () => 'Check free memory and the versions of onnxruntime; load the model again.',
    ],
    [(v) => `推理引擎出错：${v.reason}`, () => '请检查可用内存与 onnxruntime 版本，然后重新加载模型。'],
  ),

  // Training
  TUWEN_NOT_A_CHECKPOINT: row<{ path: string }>(
    [
      (v) => `${v.path} is not a training checkpoint of this model`,
      () => 'Name a checkpoint that a run of the same model wrote, or start anew.',
    ],
    [(v) => `${v.path} 不是该模型的训练检查点`, () => '请指定同一模型训练时写出的检查点，或重新开始。'],
  ),
  TUWEN_TRAINING_DIVERGED: row<{ step: number; loss: number }>(
    [
      (v) => `training diverged: the loss is ${v.loss} at step ${v.step}`,
      () => 'Go on from the last checkpoint with a lower learning rate, a longer warm-up or a larger batch.',
    ],
    [
      (v) => `训练发散：第 ${v.step} 步的损失为 ${v.loss}`,
      () => '请从上一个检查点继续，并降低学习率、延长预热或增大批量。',
    ],
  ),
} as const;

export type ErrorCode = keyof typeof MESSAGES;
export type ErrorValue<C extends ErrorCode> = (typeof MESSAGES)[C] extends Row<infer V> ? V : never;

/** A picture as it can stand in a sentence: `[3] photos/a.jpg`. */
function image(value: ImageValue): string {
  return value.index === undefined ? value.source : `[${value.index}] ${value.source}`;
}

/** A value as it can stand in a sentence: short, on one line. */
function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.getPrototypeOf(value) === Object.prototype
      ? asJson(value)
      : (value.constructor?.name ?? 'an object');
  }
  return Array.isArray(value) ? asJson(value) : String(value);
}

/** JSON, or what kind of value it is where it has none. */
function asJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  }
}

/** Where a job was, behind its name. */
function at(source: string | undefined): string {
  return source === undefined ? '' : ` (${source})`;
}

/** The tensor and the value a fault is about, where there are any. */
function detail(v: { tensor?: string; got?: unknown }, separator: string): string {
  const parts = [...('tensor' in v ? [show(v.tensor)] : []), ...('got' in v ? [show(v.got)] : [])];
  return parts.map((part) => separator + part).join('');
}

/** How many names of a long list a message holds. */
const LISTED = 8;

/** `title (count): name, name, …`, or nothing for an empty list. */
function listed(title: string, names: readonly string[], separator: string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, LISTED).map((name) => (name.length > 120 ? `${name.slice(0, 117)}…` : name));
  return [`${title} (${names.length}): ${shown.join(separator)}${names.length > LISTED ? ' …' : ''}`];
}

function misfit(v: { name: string; expected: string; got: string }): string {
  return `${v.name} ${v.got} ≠ ${v.expected}`;
}
