/** tuwen data build. */
export const en = {
  about: "Make what Chinese-CLIP's scripts read: TSV files, annotations and LMDBs.",
  input: 'a data set in any form',
  output: 'the folder to write; default, for TSV files: lmdb beside them',
  after: `From TSV files and annotations this writes the LMDBs, as build_lmdb_dataset.py does; from any other form, such as a
folder of pictures with captions, TSV files and annotations first. A run that was stopped goes on when the same
command is given again.

Examples:
tuwen data build MUGE
tuwen data build photos -o my-set`,
};

export const zh: typeof en = {
  about: '生成 Chinese-CLIP 脚本所读取的内容：TSV、标注与 LMDB。',
  input: '任意形式的数据集',
  output: '要写入的文件夹；输入为 TSV 时默认写到其中的 lmdb',
  after: `输入为 TSV 与标注时，生成 LMDB，与 build_lmdb_dataset.py 相同；输入为其他形式（如带说明文字的图片文件夹）时，
先生成 TSV 与标注。中断之后，再次运行同一命令即可继续。

例：
tuwen data build MUGE
tuwen data build 照片 -o 我的数据集`,
};
