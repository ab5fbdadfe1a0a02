/** Image–text data sets: what training and evaluation read. */
export { augment } from './augment/index.ts';
export { cleanCaption } from './caption.ts';
export { buildDataSet } from './convert/build.ts';
export { type ConvertOptions, convertDataSet, convertWith } from './convert/convert.ts';
export type { ConvertReport, LeftOut, SplitReport } from './convert/report.ts';
export { idKey, idOf } from './id.ts';
export type { Finding, FindingKind } from './inspect/findings.ts';
export { type InspectOptions, inspectDataSet } from './inspect/inspect.ts';
export type { Inspection, PicturePreview, SizeBin, SplitInspection, TextPreview } from './inspect/report.ts';
export { type OpenOptions, openDataSet, splitsOf } from './open.ts';
export { type EpochOptions, epochOrder, paddedLength } from './order/order.ts';
export type {
  Counts,
  DataSet,
  Form,
  HashedFile,
  Id,
  Pair,
  Picture,
  PictureOrder,
  TextRecord,
} from './types.ts';
