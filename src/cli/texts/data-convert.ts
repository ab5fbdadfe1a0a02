/** tuwen data convert. */
export const en = {
  about: 'Write a data set in another form; pictures and texts stay the same byte for byte.',
  input: 'a folder, a shard or a .tsv of a data set',
  output: 'the folder to write',
  to: 'the form to write',
  after: `tsv         {split}_imgs.tsv and {split}_texts.jsonl, as Chinese-CLIP's data sets come
lmdb        lmdb/{split}/imgs and pairs, as Chinese-CLIP's trainer and evaluation read them
webdataset  {split}-000000.tar, … with pictures, .txt and .json
parquet     {split}-00000.parquet, … with image_id, image and captions
folder      {split}/ with picture files and metadata.jsonl

A run that was stopped goes on when the same command is given again.

Examples:
tuwen data convert MUGE shards --to webdataset
tuwen data convert photos my-set --to tsv --skip-broken`,
};

export const zh: typeof en = {
  about: '把数据集写成另一种形式，图片与文字逐字节不变。',
  input: '数据集的文件夹、分片或 .tsv',
  output: '要写入的文件夹',
  to: '要写成的形式',
  after: `tsv         {split}_imgs.tsv 与 {split}_texts.jsonl，即 Chinese-CLIP 数据集的原始形式
lmdb        lmdb/{split}/imgs 与 pairs，供 Chinese-CLIP 的训练与评测读取
webdataset  {split}-000000.tar 等，含图片、.txt 与 .json
parquet     {split}-00000.parquet 等，含 image_id、image 与 captions
folder      {split}/，含图片文件与 metadata.jsonl

中断之后，再次运行同一命令即可继续。

例：
tuwen data convert MUGE 分片 --to webdataset
tuwen data convert 照片 我的数据集 --to tsv --skip-broken`,
};
