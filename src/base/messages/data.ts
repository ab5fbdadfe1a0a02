import { DATA_FAULTS, type DataFault } from './data-faults.ts';
import { LMDB_FAULTS, type LmdbFault } from './lmdb-faults.ts';
import { listed, row, show } from './row.ts';

/** `file:12`, or the file alone. */
function place({ path, line }: { path: string; line?: number }): string {
  return line === undefined ? path : `${path}:${line}`;
}

/** Data sets. */
export const DATA = {
  TUWEN_DATA_UNKNOWN: row<{ path: string }>(
    [
      (v) => `no data set of a known form: ${v.path}`,
      () =>
        'Name a folder with train_imgs.tsv and train_texts.jsonl, an LMDB pair, tar shards, Parquet files, or pictures with captions.',
    ],
    [
      (v) => `不是已知形式的数据集：${v.path}`,
      () =>
        '请指定含有 train_imgs.tsv 与 train_texts.jsonl 的文件夹，或 LMDB、tar 分片、Parquet 文件、带说明文字的图片。',
    ],
  ),
  TUWEN_DATA_SPLIT: row<{ path: string; split: string | undefined; splits: readonly string[] }>(
    [
      (v) =>
        v.split === undefined
          ? listed(`${v.path} has several splits`, v.splits, ', ')[0]!
          : listed(`${v.path} has no split ${show(v.split)}; there are`, v.splits, ', ')[0]!,
      () => 'Name one of these splits.',
    ],
    [
      (v) =>
        v.split === undefined
          ? listed(`${v.path} 有多个划分`, v.splits, '、')[0]!
          : listed(`${v.path} 没有划分 ${show(v.split)}；现有`, v.splits, '、')[0]!,
      () => '请指定其中一个划分。',
    ],
  ),
  TUWEN_DATA_INVALID: row<{ path: string; line?: number; fault: DataFault; about?: string }>(
    [
      (v) => `${place(v)}: ${DATA_FAULTS[v.fault].en}${v.about === undefined ? '' : `: ${show(v.about)}`}`,
      () => 'Mend the file. tuwen data inspect lists everything that is wrong with a data set.',
    ],
    [
      (v) => `${place(v)}：${DATA_FAULTS[v.fault].zh}${v.about === undefined ? '' : `：${show(v.about)}`}`,
      () => '请修正该文件。tuwen data inspect 可列出数据集的全部问题。',
    ],
  ),
  TUWEN_DATA_EXISTS: row<{ path: string; split: string }>(
    [
      (v) => `${v.path} has a split ${show(v.split)} already`,
      () => 'Name another folder, or pass --force (force: true) to replace the split.',
    ],
    [
      (v) => `${v.path} 里已有划分 ${show(v.split)}`,
      () => '请换一个文件夹；如要替换该划分，请加 --force（force: true）。',
    ],
  ),
  TUWEN_LMDB_INVALID: row<{ path: string; fault: LmdbFault; about?: string }>(
    [
      (v) => `${v.path}: ${LMDB_FAULTS[v.fault].en}${v.about === undefined ? '' : `: ${show(v.about)}`}`,
      () => 'Build it again: tuwen data build.',
    ],
    [
      (v) => `${v.path}：${LMDB_FAULTS[v.fault].zh}${v.about === undefined ? '' : `：${show(v.about)}`}`,
      () => '请重新生成：tuwen data build。',
    ],
  ),
} as const;
