/** tuwen model convert. */
export const en = {
  about: 'Write a checkpoint in another layout; its tensors stay the same bit for bit.',
  input: 'a file of weights, a folder, an index of shards, or mini',
  output: 'where to write: a file for cn_clip, a folder for the others',
  layout: 'the layout to write',
  dtype: 'round to half precision what cn_clip halves, or widen to fp32; default: as stored',
  optimizer: "with the optimizer of a training checkpoint, for the resume of cn_clip's trainer",
  onlyCnClip: '--optimizer: only the layout cn_clip holds an optimizer',
  force: 'replace what is there: a file, or a folder with nothing but a model in it',
  after: `cn_clip     one .pt, as the published ones: for cn_clip's load_from_name and trainer
hf          config.json, model.safetensors, …: for transformers
modelscope  configuration.json, pytorch_model.bin, …: for ModelScope's pipeline
tuwen       config.json, model.safetensors, vocab.txt

Examples:
tuwen model convert my-chinese-clip/ my-clip.pt --layout cn_clip
tuwen model convert epoch_latest.pt my-model/ --layout hf --dtype fp16`,
  writing: 'writing',
  wrote: (output: string, layout: string, from: string, megabytes: string) =>
    `${output}: ${layout}, from ${from}, ${megabytes} MB`,
};

export const zh: typeof en = {
  about: '把权重写成另一种布局，张量逐位不变。',
  input: '权重文件、文件夹、分片索引，或 mini',
  output: '写到哪里：cn_clip 为文件，其他为文件夹',
  layout: '要写成的布局',
  dtype: '把 cn_clip 用半精度存放的部分舍入为 fp16，或扩展为 fp32；默认保持原样',
  optimizer: '连同训练检查点的优化器状态一起写出，供 cn_clip 训练脚本续训',
  onlyCnClip: '--optimizer：只有 cn_clip 布局能存放优化器状态',
  force: '替换已有的文件，或只放着一个模型的文件夹',
  after: `cn_clip     一个 .pt，与已发布的相同：供 cn_clip 的 load_from_name 与训练脚本使用
hf          config.json、model.safetensors 等：供 transformers 使用
modelscope  configuration.json、pytorch_model.bin 等：供 ModelScope 的 pipeline 使用
tuwen       config.json、model.safetensors、vocab.txt

例：
tuwen model convert my-chinese-clip/ my-clip.pt --layout cn_clip
tuwen model convert epoch_latest.pt my-model/ --layout hf --dtype fp16`,
  writing: '写入',
  wrote: (output, layout, from, megabytes) => `${output}：${layout} 布局，来自 ${from}，${megabytes} MB`,
};
