/** Layers whose weights are held in a few bits. Their weights must be parameters; none is differentiable. */
import type { Operator, Value } from '../graph.ts';
import { BLOCK_SIZE } from '../quantise.ts';
import { fixedDim, formatShape, sameDim } from '../shape.ts';
import { apply1, invalid, need, needShape } from './define.ts';
import { add, cast, mul } from './elementwise.ts';
import { gather } from './gather.ts';

const DynamicQuantizeMatMul: Operator = {
  name: 'DynamicQuantizeMatMul',
  domain: 'com.microsoft',
  infer: (inputs) => {
    const x = need('DynamicQuantizeMatMul', inputs, 0);
    const weight = need('DynamicQuantizeMatMul', inputs, 1);
    const [rows, columns] = weight.shape;
    if (weight.elements !== 'int8' || !sameDim(x.shape.at(-1)!, rows!)) {
      const got = `${formatShape(x.shape)} and ${weight.elements} ${formatShape(weight.shape)}`;
      throw invalid('DynamicQuantizeMatMul', `${got} cannot be multiplied`);
    }
    needShape('DynamicQuantizeMatMul', inputs[2], [columns!]);
    needShape('DynamicQuantizeMatMul', inputs[4], [columns!]);
    return [{ elements: x.elements, shape: [...x.shape.slice(0, -1), columns!] }];
  },
};

/**
 * x·Wᵀ + bias with W [out, in] rounded to 8 bits by columns of the product and x, at every run, to 8 bits by its range:
 * one operator of the engine.
 */
export function linearInt8(x: Value, weight: Value, bias?: Value): Value {
  const { weight: columns, scales } = x.graph.quantised(weight, 'int8-columns');
  return apply1(DynamicQuantizeMatMul, [x, columns, scales, undefined, bias]);
}

const DynamicQuantizeLinear: Operator = {
  name: 'DynamicQuantizeLinear',
  infer: (inputs) => [
    { elements: 'uint8', shape: need('DynamicQuantizeLinear', inputs, 0).shape },
    { elements: 'float32', shape: [] },
    { elements: 'uint8', shape: [] },
  ],
};

const MatMulInteger: Operator = {
  name: 'MatMulInteger',
  infer: (inputs) => {
    const x = need('MatMulInteger', inputs, 0);
    const [rows, columns] = need('MatMulInteger', inputs, 1).shape;
    if (!sameDim(x.shape.at(-1)!, rows!)) {
      throw invalid('MatMulInteger', `${formatShape(x.shape)} does not end in ${formatShape([rows!])}`);
    }
    return [{ elements: 'int32', shape: [...x.shape.slice(0, -1), columns!] }];
  },
};

/** The same from ONNX's own operators, in the order in which the engine recognises and fuses them. */
export function linearInt8Portable(x: Value, weight: Value, bias?: Value): Value {
  const { weight: columns, scales } = x.graph.quantised(weight, 'int8-columns');
  const [whole, scale, zero] = x.graph.apply(DynamicQuantizeLinear, [x]) as [Value, Value, Value];
  const product = cast(apply1(MatMulInteger, [whole, columns, zero]), 'float32');
  const y = mul(product, mul(scale, scales));
  return bias ? add(y, bias) : y;
}

/** Rows of a table [rows, width] that is held in 8 bits, each row with a scale: result [indices' shape, width]. */
export function lookupInt8(table: Value, indices: Value): Value {
  const { weight, scales } = table.graph.quantised(table, 'int8-rows');
  return mul(cast(gather(weight, indices), 'float32'), gather(scales, indices));
}

const MatMulNBits = (outputs: number): Operator => ({
  name: 'MatMulNBits',
  domain: 'com.microsoft',
  infer: (inputs) => {
    const { elements, shape } = need('MatMulNBits', inputs, 0);
    return [{ elements, shape: [...shape.slice(0, -1), outputs] }];
  },
});

/** x·Wᵀ + bias with W [out, in] in 4 bits, blocks of 32 sharing a scale; x stays as it is. An operator of the engine. */
export function linearInt4(x: Value, weight: Value, bias?: Value): Value {
  const [outputs, inputs] = [0, 1].map((axis) => fixedDim('MatMulNBits', weight.shape[axis])) as [
    number,
    number,
  ];
  if (x.shape.at(-1) !== inputs) {
    throw invalid('MatMulNBits', `${formatShape(x.shape)} does not end in ${inputs}`);
  }
  const { weight: blocks, scales } = x.graph.quantised(weight, 'int4-blocks');
  const attributes = { K: inputs, N: outputs, bits: 4, block_size: BLOCK_SIZE };
  const y = apply1(MatMulNBits(outputs), [x, blocks, scales], attributes);
  return bias ? add(y, bias) : y;
}
