/** What can be wrong with a PyTorch file, in both languages: the `fault` of TUWEN_TORCH_INVALID. */
export const TORCH_FAULTS = {
  // The zip archive
  'zip-end': { en: 'the archive has no end record', zh: '压缩包缺少结尾记录' },
  'zip-directory': { en: 'the directory of the archive is damaged', zh: '压缩包目录已损坏' },
  'zip-entry': { en: 'the entry does not lie within the archive', zh: '条目超出压缩包范围' },
  'zip-name': { en: 'the name of an entry is unsafe or occurs twice', zh: '条目名称不安全或重复' },
  'zip-method': { en: 'the entry is encrypted or packed in an unknown way', zh: '条目已加密或压缩方式未知' },
  'zip-bomb': { en: 'the archive would grow far beyond its size', zh: '压缩包解开后远超其自身大小' },
  'zip-deflate': { en: 'the entry does not unpack to its stated size', zh: '条目解开后与所述大小不符' },
  'no-pickle': { en: 'the archive does not hold one data.pkl', zh: '压缩包中没有唯一的 data.pkl' },

  // The pickle
  'pickle-truncated': { en: 'the pickle ends too early', zh: 'pickle 提前结束' },
  'pickle-too-large': {
    en: 'the pickle is larger than any state dict needs',
    zh: 'pickle 超出权重所需的大小',
  },
  'pickle-too-deep': { en: 'the pickle is nested too deeply', zh: 'pickle 嵌套过深' },
  'pickle-stack': { en: 'an instruction finds the wrong values', zh: 'pickle 指令遇到不符的值' },
  'pickle-memo': { en: 'an instruction recalls a value that was not kept', zh: 'pickle 引用了未保存的值' },
  'pickle-text': { en: 'a text is not valid', zh: 'pickle 中的文字无效' },
  'pickle-protocol': { en: 'unknown protocol of the pickle', zh: '未知的 pickle 协议版本' },
  'bad-call': { en: 'a function is called with wrong arguments', zh: '函数参数不符' },

  // Storages and tensors
  'bad-storage': { en: 'a storage is described wrongly', zh: '存储描述有误' },
  'storage-missing': { en: 'the storage is not in the file', zh: '文件中没有该存储' },
  'storage-size': { en: 'the storage has another size than described', zh: '存储大小与描述不符' },
  'bad-tensor': { en: 'the tensor does not lie within its storage', zh: '张量超出其存储范围' },
  'copies-too-large': { en: 'the tensors hold far more than the storages', zh: '张量总量远超存储大小' },
  'not-a-state-dict': { en: 'not a dictionary of tensors by name', zh: '不是按名称存放张量的字典' },
  'not-an-optimizer': {
    en: 'its optimizer is not one of Adam: groups, and steps and two moments of each parameter',
    zh: '其优化器状态不是 Adam 的：应有参数组，以及每个参数的步数与两个矩',
  },
  truncated: { en: 'the file ended before its data did', zh: '文件在数据结束之前中断' },
} as const;

export type TorchFault = keyof typeof TORCH_FAULTS;
