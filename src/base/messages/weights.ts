import { detail, listed, misfit, row, show } from './row.ts';
import { SAFETENSORS_FAULTS, type SafetensorsFault } from './safetensors-faults.ts';
import { TORCH_FAULTS, type TorchFault } from './torch-faults.ts';

/** Weights. */
export const WEIGHTS = {
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
  TUWEN_TORCH_UNSUPPORTED: row<{ source: string; kind: 'big-endian' }>(
    [
      (v) => `${v.source} is written in big-endian order`,
      () =>
        'Save its state dict with PyTorch on a little-endian machine: torch.save(model.state_dict(), file).',
    ],
    [
      (v) => `${v.source} 以大端字节序写成`,
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
      (v) => `${v.path} names a shard that is not a .safetensors or .bin file beside it: ${show(v.shard)}`,
      () => 'Use an index whose shards lie in its own folder.',
    ],
    [
      (v) => `${v.path} 所列分片不是同一文件夹中的 .safetensors 或 .bin 文件：${show(v.shard)}`,
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
} as const;
