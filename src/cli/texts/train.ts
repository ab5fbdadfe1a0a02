/** tuwen train. */
export const en = {
  about:
    'Train a Chinese-CLIP: two-stage pretraining, fine-tuning, distillation; stop and go on at any time.',
  config: 'file of settings, YAML or JSON; flags of the same names come before it',
  initConfig: 'print a file with every setting, or write it where a path is given, and end',
  dryRun: 'check all data, print the plan and an estimate of the memory, and train nothing',
  watch: 'show the run on a page of this machine, at this port (8788; 0: any)',
  watching: (address: string) => `Watch it at ${address}`,
  settings: 'Settings',
  after: `A run is a folder, <logs>/<name>: log.jsonl and checkpoints, each of which is a model that every command loads.
Ctrl-C saves; the same command again goes on, bit for bit as if it had not been stopped.

Examples:
tuwen train --init-config run.yaml
tuwen train --model ViT-B-16 --train-data data/MUGE --val-data data/MUGE --lr 5e-5 --max-epochs 3
tuwen train run.yaml --batch-size 32 --accum-freq 4 --dry-run`,
  wrote: (path: string) => `Wrote ${path}`,
  features: 'Vectors of pictures',
  checking: 'Checking pictures',
  stage: (number: number) => `stage ${number}`,
  step: (step: number, steps: number, epoch: number) => `step ${step}/${steps}, epoch ${epoch}`,
  loss: (loss: string, floor: string | undefined) =>
    `loss ${loss}${floor === undefined ? '' : ` (equal texts leave at least ${floor})`}`,
  accuracy: (imageToText: string, textToImage: string) =>
    `image→text ${imageToText}, text→image ${textToImage}`,
  rate: (lr: string, scale: string) => `lr ${lr}, logit scale ${scale}`,
  speed: (pairs: string, memory: string, left: string) => `${pairs} pairs/s, ${memory}, ${left} left`,
  broken: (count: number) => `${count} left out`,
  validation: (step: number, loss: string, text: string, image: string, best: boolean) =>
    `Validated after ${step} steps: loss ${loss}; recall@1/5/10 of texts ${text}, of pictures ${image}${best ? '; the best so far' : ''}`,
  goingOn: (path: string, stage: number, step: number) =>
    `Going on from ${path}: stage ${stage}, ${step} steps made`,
  notWhole: (path: string) => `${path} is not whole; taking the checkpoint before it`,
  changed: (names: string) => `Not as when the checkpoint was made: ${names}`,
  leftOut: (message: string) => `Left out: ${message}`,
  stoppedEarly: (step: number) => `Stopped after ${step} steps: validation got no better`,
  done: (steps: number, path: string) => `${steps} steps made. The model: ${path}`,
  plan: (number: number, pairs: number, batch: number, steps: number, epochs: number) =>
    `Stage ${number}: ${pairs} pairs, ${batch} a step, ${steps} steps in ${epochs} epochs`,
  peak: (lr: string, memory: string) => `  peak learning rate ${lr}; memory about ${memory}`,
  problems: {
    'missing-picture': 'no picture of this id',
    'empty-caption': 'empty caption of text',
    'unreadable-picture': 'picture cannot be read',
  },
  allGood: 'The data are in order.',
  problemCount: (count: number) => `${count} problems in the data`,
  moreProblems: (count: number) => `… and ${count} more`,
};

export const zh: typeof en = {
  about: '训练 Chinese-CLIP：两阶段预训练、微调、蒸馏；随时可停，随时可续。',
  config: '设置文件，YAML 或 JSON；同名的命令行选项优先',
  initConfig: '打印含全部设置的文件；给出路径时写入该文件；然后结束',
  dryRun: '检查全部数据，打印计划与内存估计，不训练',
  watch: '在本机网页上显示训练过程，可指定端口（默认 8788；0 为任意空闲端口）',
  watching: (address) => `可在 ${address} 查看`,
  settings: '设置',
  after: `一次运行就是一个文件夹 <logs>/<name>：含 log.jsonl 和检查点；每个检查点都是各命令可直接加载的模型。
按 Ctrl-C 会先保存；再次运行同一命令即继续，结果与未中断时逐位相同。

例：
tuwen train --init-config run.yaml
tuwen train --model ViT-B-16 --train-data data/MUGE --val-data data/MUGE --lr 5e-5 --max-epochs 3
tuwen train run.yaml --batch-size 32 --accum-freq 4 --dry-run`,
  wrote: (path) => `已写入 ${path}`,
  features: '图片向量',
  checking: '检查图片',
  stage: (number) => `第 ${number} 阶段`,
  step: (step, steps, epoch) => `第 ${step}/${steps} 步，第 ${epoch} 轮`,
  loss: (loss, floor) => `损失 ${loss}${floor === undefined ? '' : `（因文本重复，至少为 ${floor}）`}`,
  accuracy: (imageToText, textToImage) => `图→文 ${imageToText}，文→图 ${textToImage}`,
  rate: (lr, scale) => `学习率 ${lr}，logit scale ${scale}`,
  speed: (pairs, memory, left) => `每秒 ${pairs} 对，${memory}，剩余 ${left}`,
  broken: (count) => `已跳过 ${count} 对`,
  validation: (step, loss, text, image, best) =>
    `第 ${step} 步后验证：损失 ${loss}；recall@1/5/10：以文搜图 ${text}，以图搜文 ${image}${best ? '；目前最好' : ''}`,
  goingOn: (path, stage, step) => `从 ${path} 继续：第 ${stage} 阶段，已完成 ${step} 步`,
  notWhole: (path) => `${path} 不完整，改用前一个检查点`,
  changed: (names) => `与检查点写出时不同：${names}`,
  leftOut: (message) => `已跳过：${message}`,
  stoppedEarly: (step) => `验证不再变好，在第 ${step} 步后停止`,
  done: (steps, path) => `完成 ${steps} 步。模型：${path}`,
  plan: (number, pairs, batch, steps, epochs) =>
    `第 ${number} 阶段：${pairs} 对，每步 ${batch} 对，${epochs} 轮共 ${steps} 步`,
  peak: (lr, memory) => `  最高学习率 ${lr}；内存约 ${memory}`,
  problems: {
    'missing-picture': '没有这个编号的图片',
    'empty-caption': '文本的说明为空，编号',
    'unreadable-picture': '图片无法读取',
  },
  allGood: '数据没有问题。',
  problemCount: (count) => `数据中有 ${count} 处问题`,
  moreProblems: (count) => `……另有 ${count} 处`,
};
