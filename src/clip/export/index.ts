/** A model as ONNX graphs, for other engines and for transformers.js. */
export { type Distance, distance, type RankingAgreement } from './agreement.ts';
export type { Comparison, Samples } from './compare.ts';
export { type ExportedGraph, type ExportOptions, type ExportReport, exportModel } from './export.ts';
export {
  EXPORT_FORMATS,
  EXPORT_PRECISIONS,
  EXPORT_TOWERS,
  type ExportFormat,
  type ExportPrecision,
  type ExportTower,
} from './forms.ts';
