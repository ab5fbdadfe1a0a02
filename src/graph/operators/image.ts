/** Convolution and average pooling of feature maps. */
import type { GradientContext, Operator, Value } from '../graph.ts';
import { fixedDim, formatShape, multiplyDims } from '../shape.ts';
import { reshape, transpose } from './arrange.ts';
import { apply1, invalid, need, single } from './define.ts';
import { scale, sum } from './elementwise.ts';
import { concat } from './join.ts';
import { linear, matmul } from './matrix.ts';
import { reduceSum } from './reduce.ts';
import { pad, type Range, reverse, slice } from './slice.ts';

/** How the axes of a feature map are ordered: [batch, channels, height, width] or [batch, height, width, channels]. */
export type Layout = 'nchw' | 'nhwc';

export interface Window {
  readonly stride: number;
  /** Zeros around the map on every side. */
  readonly padding: number;
}

/** Height and width of a map. */
function extent(x: Value, layout: Layout): [number, number] {
  const first = layout === 'nchw' ? 2 : 1;
  return [fixedDim('Conv', x.shape[first]), fixedDim('Conv', x.shape[first + 1])];
}

const outputSize = (size: number, kernel: number, { stride, padding }: Window) =>
  Math.floor((size + 2 * padding - kernel) / stride) + 1;

const Conv = (window: Window): Operator => ({
  name: 'Conv',
  infer: (inputs) => {
    const x = need('Conv', inputs, 0);
    const weight = need('Conv', inputs, 1);
    const [filters, channels, kernel, width] = weight.shape;
    if (x.shape.length !== 4 || x.shape[1] !== channels || kernel !== width) {
      throw invalid('Conv', `weight ${formatShape(weight.shape)} does not fit ${formatShape(x.shape)}`);
    }
    const size = (axis: number) =>
      outputSize(fixedDim('Conv', x.shape[axis]), fixedDim('Conv', kernel), window);
    return [{ elements: x.elements, shape: [x.shape[0]!, filters!, size(2), size(3)] }];
  },
  gradient: (context) => {
    const { inputs } = single(context);
    const [x, weight] = [inputs[0]!, inputs[1]!];
    return [
      context.wants(0) ? inputGradient(context, weight, window) : undefined,
      context.wants(1) ? weightGradient(context, x, weight, window) : undefined,
    ];
  },
});

/** For stride 1: the convolution of dy with the kernel turned by 180°, which is faster here than ConvTranspose. */
function inputGradient(context: GradientContext, weight: Value, { stride, padding }: Window): Value {
  const kernel = fixedDim('Conv', weight.shape[2]);
  if (stride !== 1 || padding >= kernel) {
    throw invalid('Conv', 'the gradient of its input needs a stride of 1 and less padding than the kernel');
  }
  const swapped = transpose(weight, [1, 0, 2, 3]);
  const turned = kernel === 1 ? swapped : reverse(swapped, [2, 3]);
  return conv(single(context).dy, turned, { stride: 1, padding: kernel - 1 - padding });
}

/**
 * dy times x as each place of the kernel sees it, summed over the batch: one product for each place, since joining the views
 * into one matrix takes longer than that saves.
 */
function weightGradient(context: GradientContext, x: Value, weight: Value, window: Window): Value {
  const { dy } = single(context);
  const [filters, channels, kernel] = weight.shape as [number, number, number];
  const [batch, , height, width] = dy.shape as [number, number, number, number];
  const area = height * width;
  const padded = window.padding === 0 ? x : pad(x, around(window.padding, [2, 3]));
  const rows = reshape(dy, [batch, filters, area]);
  const places = kernelOffsets(kernel).map(([row, column]) => {
    const range = (axis: number, start: number, size: number): Range => {
      const end = start + (size - 1) * window.stride + 1;
      return { axis, start, end, step: window.stride };
    };
    const whole = kernel === 1 && window.stride === 1;
    const view = whole ? padded : slice(padded, [range(2, row, height), range(3, column, width)]);
    const perPicture = matmul(rows, reshape(view, [batch, channels, area]), { b: true });
    return reshape(reduceSum(perPicture, [0]), kernel === 1 ? weight.shape : [filters, channels, 1]);
  });
  return kernel === 1 ? places[0]! : reshape(concat(places, 2), weight.shape);
}

const around = (amount: number, axes: readonly number[]) =>
  axes.map((axis) => ({ axis, before: amount, after: amount }));

function kernelOffsets(kernel: number): [number, number][] {
  return Array.from({ length: kernel * kernel }, (_, i) => [Math.floor(i / kernel), i % kernel]);
}

function conv(x: Value, weight: Value, window: Window): Value {
  const { stride, padding } = window;
  return apply1(Conv(window), [x, weight], {
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  });
}

/** Convolution without bias; weight [filters, channels, kernel, kernel]. NHWC is for stride 1 and "same" padding. */
export function convolution(x: Value, weight: Value, window: Window, layout: Layout): Value {
  return layout === 'nchw' ? conv(x, weight, window) : convolutionRows(x, weight, window);
}

/** NHWC: the windows as rows, times the kernel as one matrix. Fastest where maps are small and channels many. */
function convolutionRows(x: Value, weight: Value, { stride, padding }: Window): Value {
  const [filters, channels, kernel] = weight.shape as [number, number, number];
  if (stride !== 1 || 2 * padding !== kernel - 1) {
    throw invalid('Conv', 'in NHWC needs a stride of 1 and the padding that keeps the size');
  }
  const moved = kernelOffsets(kernel).map(([row, column]) => {
    const shiftAxis = (axis: number, offset: number) => ({ axis, before: offset, after: -offset });
    const paddings = [shiftAxis(1, padding - row), shiftAxis(2, padding - column)];
    return paddings.every(({ before }) => before === 0) ? x : pad(x, paddings);
  });
  const matrix = reshape(transpose(weight, [0, 2, 3, 1]), [filters, kernel * kernel * channels]);
  return linear(concat(moved, 3), matrix);
}

const AveragePool = (size: number): Operator => ({
  name: 'AveragePool',
  infer: (inputs) => {
    const x = need('AveragePool', inputs, 0);
    const pooled = (axis: number) => Math.floor(fixedDim('AveragePool', x.shape[axis]) / size);
    return [{ elements: x.elements, shape: [x.shape[0]!, x.shape[1]!, pooled(2), pooled(3)] }];
  },
  gradient: (context) => [scale(repeatPixels(single(context).dy, size, single(context).x), 1 / size ** 2)],
});

const Resize = (like: Value): Operator => ({
  name: 'Resize',
  infer: () => [{ elements: like.elements, shape: like.shape }],
});
function repeatPixels(dy: Value, size: number, like: Value): Value {
  const scales = dy.graph.floats([1, 1, size, size]);
  return apply1(Resize(like), [dy, undefined, scales], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}

/** The mean of every `size` × `size` square; height and width must be multiples of `size`. */
export function averagePool(x: Value, size: number, layout: Layout): Value {
  if (size === 1) return x;
  const [height, width] = extent(x, layout);
  if (height % size || width % size) {
    throw invalid('AveragePool', `${height} × ${width} is not a multiple of ${size}`);
  }
  if (layout === 'nhwc') return averagePoolRows(x, size, height, width);
  return apply1(AveragePool(size), [x], { kernel_shape: [size, size], strides: [size, size] });
}

/** NHWC: neighbours in a row lie side by side, so each mean is a sum of slices of a reshaped map. */
function averagePoolRows(x: Value, size: number, height: number, width: number): Value {
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const rows = multiplyDims([batch, height / size]);
  const byRow = halves(reshape(x, [rows, size, width * channels]), size);
  const columns = multiplyDims([rows, width / size]);
  const byColumn = halves(reshape(byRow, [columns, size, channels]), size);
  return reshape(scale(byColumn, 1 / size ** 2), [batch, height / size, width / size, channels]);
}

/** The sum over axis 1 of [n, size, m]. */
function halves(x: Value, size: number): Value {
  const parts = Array.from({ length: size }, (_, i) => slice(x, [{ axis: 1, start: i, end: i + 1 }]));
  return sum(parts);
}
