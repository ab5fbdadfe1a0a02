/** Every setting of a training run: its type, its default, and what it does. One table serves file, flags and help. */
import { z } from 'zod';
import { LORA_TARGETS } from '../../clip/index.ts';

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const path = z.string().min(1);

/** A setting: `group` orders them for readers; one without a default may be left out. */
interface Setting<T extends z.ZodType = z.ZodType> {
  readonly group: Group;
  readonly type: T;
  readonly en: string;
  readonly zh: string;
}

export const GROUPS = {
  data: { en: 'Data', zh: '数据' },
  start: { en: 'Where the weights come from', zh: '初始权重' },
  steps: { en: 'Batches and steps', zh: '批次与步数' },
  optimizer: { en: 'Optimiser', zh: '优化器' },
  method: { en: 'What is trained, and how', zh: '训练方式' },
  validation: { en: 'Validation', zh: '验证' },
  output: { en: 'Checkpoints and logs', zh: '检查点与日志' },
} as const;

export type Group = keyof typeof GROUPS;

function row<T extends z.ZodType>(group: Group, type: T, en: string, zh: string): Setting<T> {
  return { group, type, en, zh };
}

export const SETTINGS = {
  'train-data': row(
    'data',
    path,
    'training data: any form that `tuwen data` knows',
    '训练数据，可为 tuwen data 支持的任意形式',
  ),
  'train-split': row('data', z.string().default('train'), 'which split of it', '使用其中哪个划分'),
  'val-data': row(
    'data',
    path.optional(),
    'validation data; left out, nothing is validated',
    '验证数据；不填则不验证',
  ),
  'val-split': row('data', z.string().default('valid'), 'which split of it', '使用其中哪个划分'),
  'context-length': row(
    'data',
    z.int().min(2).max(512).default(52),
    'the most tokens of a text',
    '文本的最大 token 数',
  ),
  'use-augment': row(
    'data',
    z.boolean().default(false),
    'random crops, mirror images and AutoAugment',
    '随机裁剪、镜像与 AutoAugment 增强',
  ),
  'skip-broken': row(
    'data',
    z.boolean().default(false),
    'leave out pictures that cannot be read, and count them',
    '跳过读不出的图片并计数',
  ),
  'keep-apart': row(
    'data',
    z.boolean().default(false),
    'keep texts that occur more than once out of one batch',
    '让重复的文本不落在同一批',
  ),
  seed: row('data', z.int().min(0).default(123), 'seed of everything random', '一切随机性的种子'),

  model: row(
    'start',
    path.optional(),
    'a checkpoint to begin with: name, file or folder',
    '作为起点的权重：名称、文件或文件夹',
  ),
  'vision-model': row(
    'start',
    z.string().optional(),
    'image tower of a new model, such as ViT-B-16',
    '新模型的图像塔，如 ViT-B-16',
  ),
  'text-model': row(
    'start',
    z.string().optional(),
    'text tower of a new model, such as RoBERTa-wwm-ext-base-chinese',
    '新模型的文本塔，如 RoBERTa-wwm-ext-base-chinese',
  ),
  'clip-weight-path': row(
    'start',
    path.optional(),
    "weights of OpenAI's CLIP for the image tower",
    '图像塔的 OpenAI CLIP 权重',
  ),
  'bert-weight-path': row(
    'start',
    path.optional(),
    'weights of a Chinese RoBERTa for the text tower',
    '文本塔的中文 RoBERTa 权重',
  ),
  'fp16-rounding': row(
    'start',
    z.boolean().default(false),
    'round the first weights to half precision, as the reference does',
    '与参考实现一样把初始权重舍入到半精度',
  ),

  'batch-size': row('steps', count.default(64), 'pairs that are computed at once', '一次计算的图文对数'),
  'accum-freq': row(
    'steps',
    count.default(1),
    'such parts that make one batch; the gradient is that of the whole',
    '几份合成一批；梯度等同于整批',
  ),
  'max-epochs': row('steps', count.default(32), 'passes over the data', '训练轮数'),
  'max-steps': row('steps', count.optional(), 'steps instead of epochs', '以步数代替轮数'),
  'grad-checkpointing': row(
    'steps',
    z.boolean().default(false),
    'compute blocks again on the way back: less memory, a third more work',
    '反向时重算各层：省内存，多约三分之一计算',
  ),

  lr: row(
    'optimizer',
    z.number().positive().optional(),
    'peak learning rate; default by image tower, 5e-4 or 4e-4',
    '最高学习率；默认随图像塔为 5e-4 或 4e-4',
  ),
  beta1: row('optimizer', share.optional(), 'default 0.9', '默认 0.9'),
  beta2: row('optimizer', share.optional(), 'default 0.98, for a ResNet 0.999', '默认 0.98，ResNet 为 0.999'),
  eps: row(
    'optimizer',
    z.number().positive().optional(),
    'default 1e-6, for a ResNet 1e-8',
    '默认 1e-6，ResNet 为 1e-8',
  ),
  wd: row('optimizer', z.number().min(0).default(0.2), 'weight decay', '权重衰减'),
  warmup: row('optimizer', z.int().min(0).default(500), 'steps until the peak', '预热步数'),
  'lr-hold': row(
    'optimizer',
    share.lt(1).default(0),
    'share of the steps after the warm-up that stay at the peak before the rate falls',
    '预热之后保持最高学习率的步数比例，其后才下降',
  ),
  'lr-floor': row(
    'optimizer',
    share.default(0),
    'share of the peak that the rate comes down to',
    '学习率最终降到最高值的多少',
  ),
  'clip-grad-norm': row(
    'optimizer',
    z.number().positive().optional(),
    'the largest norm of all gradients; default: no limit',
    '梯度总范数上限；默认不限',
  ),
  'layer-decay': row(
    'optimizer',
    z.number().positive().max(1).default(1),
    'factor on the learning rate for each block farther from the output',
    '离输出每远一层，学习率乘以该系数',
  ),

  'freeze-vision': row(
    'method',
    z.boolean().default(false),
    'the image tower stays as it is',
    '图像塔保持不变',
  ),
  'freeze-text': row('method', z.boolean().default(false), 'the text tower stays as it is', '文本塔保持不变'),
  'lora-rank': row(
    'method',
    count.optional(),
    'train adapters of this rank beside linear layers, and nothing else (LoRA)',
    '只训练线性层旁此秩的适配器（LoRA），其余不变',
  ),
  'lora-alpha': row(
    'method',
    z.number().positive().optional(),
    'their factor is this by the rank; default: the rank',
    '适配器的系数为该值除以秩；默认等于秩',
  ),
  'lora-targets': row(
    'method',
    z.enum(LORA_TARGETS).default('all'),
    'which layers have adapters: all, or those of attention',
    '哪些层有适配器：全部，或仅注意力的',
  ),
  'mask-ratio': row(
    'method',
    z.number().min(0).lt(1).default(0),
    'share of patches that are left out, as in FLIP',
    '按 FLIP 遮去的图块比例',
  ),
  dropout: row(
    'method',
    z.boolean().default(true),
    "drop values of the text tower at its configuration's rates",
    '按配置的比例对文本塔使用 dropout',
  ),
  'label-aware': row(
    'method',
    z.boolean().default(false),
    'equal texts of a batch count as one label, not as false negatives',
    '同批中相同的文本视为同一标签，而非假负例',
  ),
  'all-texts': row(
    'method',
    z.boolean().default(false),
    'compare every picture with all distinct texts of the training data too; needs freeze-text',
    '每张图片还与训练数据中所有不同的文本比较；需 freeze-text',
  ),
  'teacher-model': row(
    'method',
    path.optional(),
    'a model whose picture vectors are followed',
    '作为教师的模型，学生跟随其图像向量',
  ),
  'teacher-features': row(
    'method',
    path.optional(),
    "a teacher's picture vectors instead: a file of image_id and feature, as tuwen embed writes",
    '改用文件中的教师图像向量：每行含 image_id 与 feature，即 tuwen embed 所写',
  ),
  'kd-loss-weight': row('method', z.number().min(0).default(0.5), 'weight of that', '其权重'),

  'valid-batch-size': row(
    'validation',
    count.default(64),
    'pairs of a validation batch',
    '验证批次的图文对数',
  ),
  'valid-step-interval': row(
    'validation',
    count.optional(),
    'validate every so many steps',
    '每多少步验证一次',
  ),
  'valid-epoch-interval': row(
    'validation',
    count.default(1),
    'validate every so many epochs',
    '每多少轮验证一次',
  ),
  'early-stopping': row(
    'validation',
    count.optional(),
    'stop after so many validations without a better one',
    '连续多少次验证没有更好就停止',
  ),

  logs: row('output', path.default('./logs'), 'folder of all runs', '所有运行的文件夹'),
  name: row(
    'output',
    z
      .string()
      .regex(/^[\p{L}\p{N}._-]+$/u)
      .default('train_clip'),
    'name of this run: a folder in that',
    '本次运行的名称，即其中的文件夹',
  ),
  'save-epoch-frequency': row(
    'output',
    count.default(1),
    'keep a checkpoint every so many epochs',
    '每多少轮保留一个检查点',
  ),
  'save-step-frequency': row(
    'output',
    count.optional(),
    'save every so many steps as well',
    '另外每多少步保存一次',
  ),
  resume: row(
    'output',
    path.optional(),
    'go on from this checkpoint; default: the latest of the run',
    '从该检查点继续；默认为本次运行最近的一个',
  ),
  'reset-optimizer': row('output', z.boolean().default(false), 'take only the weights of it', '只取其权重'),
  'reset-data-offset': row('output', z.boolean().default(false), 'begin the data anew', '数据从头开始'),
  'log-interval': row('output', count.default(10), 'report every so many steps', '每多少步报告一次'),
  tensorboard: row(
    'output',
    z.boolean().default(true),
    'write event files for TensorBoard',
    '写出 TensorBoard 事件文件',
  ),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
