/** The forms in which a model leaves: precisions and towers. */
import { type FloatType, type Lowering, portable, portableInt4, portableInt8 } from '../../graph/index.ts';

/**
 * `fp16`: weights and arithmetic in half precision. `int8`: linear layers and embedding tables in 8 bits, inputs of
 * layers rounded at every run. `int4`: linear layers in 4 bits, embedding tables in 8.
 */
export type ExportPrecision = 'fp32' | 'fp16' | 'int8' | 'int4';
export type ExportTower = 'image' | 'text' | 'joint';
export type ExportFormat = 'onnx' | 'transformers.js';

export const EXPORT_PRECISIONS = ['fp32', 'fp16', 'int8', 'int4'] as const satisfies ExportPrecision[];
export const EXPORT_TOWERS = ['image', 'text', 'joint'] as const satisfies ExportTower[];
export const EXPORT_FORMATS = ['onnx', 'transformers.js'] as const satisfies ExportFormat[];

interface Form {
  readonly lowering: Lowering;
  readonly floatType: FloatType;
  /** What transformers.js puts behind a file's name for it, where it asks for its dtype (fp32, fp16, q8, q4). */
  readonly suffix: string;
}

export const FORMS: Readonly<Record<ExportPrecision, Form>> = {
  fp32: { lowering: portable, floatType: 'float32', suffix: '' },
  fp16: { lowering: portable, floatType: 'float16', suffix: '_fp16' },
  int8: { lowering: portableInt8, floatType: 'float32', suffix: '_quantized' },
  int4: { lowering: portableInt4, floatType: 'float32', suffix: '_q4' },
};

/** The version of ONNX's operators that every exported file needs. */
export const EXPORT_OPSET = 18;

/** The path of a graph's file below the folder. */
export function fileOf(format: ExportFormat, tower: ExportTower, precision: ExportPrecision): string {
  if (format === 'transformers.js') return `onnx/model${FORMS[precision].suffix}.onnx`;
  return `${tower}${precision === 'fp32' ? '' : `_${precision}`}.onnx`;
}
