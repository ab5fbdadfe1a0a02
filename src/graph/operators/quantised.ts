/** Matrix products of 8-bit numbers. */
import type { Operator, Value } from '../graph.ts';
import { formatShape, sameDim } from '../shape.ts';
import { apply1, invalid, need, needShape } from './define.ts';

const NAME = 'DynamicQuantizeMatMul';

const DynamicQuantizeMatMul: Operator = {
  name: NAME,
  domain: 'com.microsoft',
  infer: (inputs) => {
    const x = need(NAME, inputs, 0);
    const weight = need(NAME, inputs, 1);
    const [rows, columns] = weight.shape;
    if (weight.elements !== 'int8' || !sameDim(x.shape.at(-1)!, rows!)) {
      const got = `${formatShape(x.shape)} and ${weight.elements} ${formatShape(weight.shape)}`;
      throw invalid(NAME, `${got} cannot be multiplied`);
    }
    needShape(NAME, inputs[2], [columns!]);
    needShape(NAME, inputs[4], [columns!]);
    return [{ elements: x.elements, shape: [...x.shape.slice(0, -1), columns!] }];
  },
};

/**
 * x·Wᵀ + bias with W rounded to 8 bits by columns of the product and x, at every run, to 8 bits by its range. `weight`
 * must be a parameter [out, in]. Not differentiable.
 */
export function quantisedLinear(x: Value, weight: Value, bias?: Value): Value {
  const { weight: columns, scales } = weight.graph.quantised(weight);
  return apply1(DynamicQuantizeMatMul, [x, columns, scales, undefined, bias]);
}
