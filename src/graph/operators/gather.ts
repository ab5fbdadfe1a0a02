/** Rows of tables by index. */
import type { Operator, Value } from '../graph.ts';
import { type Dim, multiplyDims } from '../shape.ts';
import { expand, reshape } from './arrange.ts';
import { apply1, invalid, need, single } from './define.ts';
import { zeros } from './sizes.ts';

const Gather: Operator = {
  name: 'Gather',
  infer: (inputs) => {
    const table = need('Gather', inputs, 0);
    const indices = need('Gather', inputs, 1);
    if (indices.elements !== 'int64') throw invalid('Gather', `indices are ${indices.elements}, not int64`);
    return [{ elements: table.elements, shape: [...indices.shape, ...table.shape.slice(1)] }];
  },
  gradient: (context) => {
    const { dy, inputs } = single(context);
    return [context.wants(0) ? scatterRows(inputs[0]!, inputs[1]!, dy) : undefined];
  },
};

/** Rows of `table` [rows, …]: result [indices' shape, …]. */
export const gather = (table: Value, indices: Value): Value => apply1(Gather, [table, indices], { axis: 0 });

/**
 * ScatterElements, because ScatterND with a reduction loses additions on repeated indices when it runs on
 * several threads, and [CLS] and [PAD] repeat in every batch.
 */
const ScatterElements: Operator = {
  name: 'ScatterElements',
  infer: (inputs) => [need('ScatterElements', inputs, 0)].map(({ elements, shape }) => ({ elements, shape })),
};

/** Zeros like `table` [rows, width] with each row of `updates` added at its index. */
function scatterRows(table: Value, indices: Value, updates: Value): Value {
  const width = multiplyDims(table.shape.slice(1));
  const count = multiplyDims(indices.shape);
  const flatIndices = expand(reshape(indices, [count, 1]), [count, width]);
  const flat = apply1(
    ScatterElements,
    [reshape(zeros(table), [table.shape[0]!, width]), flatIndices, reshape(updates, [count, width])],
    { axis: 0, reduction: 'add' },
  );
  return reshape(flat, table.shape);
}

const RangeOperator = (count: Dim): Operator => ({
  name: 'Range',
  infer: () => [{ elements: 'int64', shape: [count] }],
});
/** 0, 1, … as many as `limit` (int64 [1]) says, which is the dimension `count`. */
export function range(limit: Value, count: Dim): Value {
  const { graph } = limit;
  const scalar = (value: Value) => reshape(value, []);
  return apply1(RangeOperator(count), [
    scalar(graph.integers([0])),
    scalar(limit),
    scalar(graph.integers([1])),
  ]);
}
