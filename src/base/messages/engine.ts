import { row } from './row.ts';

/** Graph and engine. */
export const ENGINE = {
  TUWEN_GRAPH_INVALID: row<{ operator: string; reason: string }>(
    [
      (v) => `${v.operator}: ${v.reason}`,
      () => 'Check the shapes and types of the values that go into this operator.',
    ],
    [(v) => `${v.operator}：${v.reason}`, () => '请检查该算子输入的形状与类型。'],
  ),
  TUWEN_NO_GRADIENT: row<{ operator: string }>(
    [
      (v) => `${v.operator} has no gradient rule`,
      () =>
        'Build the graph with the training lowering, or keep this operator off the path to the parameters.',
    ],
    [(v) => `${v.operator} 没有梯度规则`, () => '请用训练形式构建计算图，或让该算子不在参数的路径上。'],
  ),
  TUWEN_ENGINE_FAILED: row<{ reason: string }>(
    [
      (v) => `the inference engine failed: ${v.reason}`,
      () => 'Check free memory and the versions of onnxruntime; load the model again.',
    ],
    [(v) => `推理引擎出错：${v.reason}`, () => '请检查可用内存与 onnxruntime 版本，然后重新加载模型。'],
  ),
} as const;
