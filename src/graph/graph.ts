import { floatToHalf, TuwenError } from '../base/index.ts';
import { type QuantisedForm, quantisedTypes } from './quantise.ts';
import { type Dim, formatShape, type Shape, type SymbolicDim, sameShape } from './shape.ts';

export type ElementType = 'float32' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';

/** The type of a value: its elements and its shape. */
export interface ValueType {
  readonly elements: ElementType;
  readonly shape: Shape;
}

/** A tensor in a graph, known by its type; the numbers come when the graph runs. */
export interface Value extends ValueType {
  readonly graph: Graph;
  readonly name: string;
  /** The node that makes it; absent for inputs, parameters and constants. */
  readonly node?: Node;
}

export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operator applied to values. An absent optional input is `undefined`. */
export interface Node {
  readonly operator: Operator;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** What a gradient rule is given. */
export interface GradientContext {
  readonly node: Node;
  /** The gradient of each output; `undefined` where nothing depends on it. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Whether the gradient of input i is wanted. */
  readonly wants: (input: number) => boolean;
}

/** A row of the operator table: an ONNX operator with its shape rule and its gradient rule. */
export interface Operator {
  /** ONNX's name. */
  readonly name: string;
  /** Absent for ONNX's own domain. */
  readonly domain?: 'com.microsoft';
  /** The types of the outputs; throws TUWEN_GRAPH_INVALID where the inputs do not fit. */
  readonly infer: (inputs: readonly (ValueType | undefined)[], attributes: Attributes) => ValueType[];
  /** How many of the outputs are always computed; later ones only where something reads them. Default: all. */
  readonly requiredOutputs?: number;
  /** The gradients of the inputs, `undefined` where not wanted or zero. Absent: not differentiable. */
  readonly gradient?: (context: GradientContext) => (Value | undefined)[];
}

/** A small tensor written into the graph. */
export interface Constant {
  readonly value: Value;
  /** Halves as their bits. */
  readonly data: Float32Array | Uint16Array | BigInt64Array | Int32Array;
}

/** The two parameters that stand for one which was rounded to a few bits; see `quantise`. */
export interface QuantisedParameter {
  readonly form: QuantisedForm;
  readonly weight: Value;
  readonly scales: Value;
}

/** The types of numbers that layers can compute with. */
export type FloatType = 'float32' | 'float16';

/** A buffer that a training step changes, such as the running mean of a batch normalisation. */
export interface BufferUpdate {
  readonly buffer: Value;
  readonly updated: Value;
}

/** Where training drops values at random: the mask is fed, 0 where a value is dropped and 1 / (1 − rate) elsewhere. */
export interface Dropout {
  readonly mask: Value;
  readonly rate: number;
}

/**
 * A graph under construction: typed values joined by nodes, in the order in which they can run.
 * Inputs are fed at every run; parameters are weights, fed or stored beside the graph as `toOnnx` is told.
 */
export class Graph {
  readonly inputs: Value[] = [];
  readonly parameters = new Map<string, Value>();
  readonly constants: Constant[] = [];
  readonly nodes: Node[] = [];
  readonly outputs = new Map<string, Value>();
  readonly bufferUpdates: BufferUpdate[] = [];
  readonly dropouts: Dropout[] = [];
  /** Parameters in a few bits, by the name of the one they are made from. */
  readonly quantisedParameters = new Map<string, QuantisedParameter>();
  /** The type of its constants, and of parameters unless they are asked for in another. */
  readonly floatType: FloatType;
  readonly #shared = new Map<string, Value>();
  #count = 0;

  constructor({ floatType = 'float32' }: { readonly floatType?: FloatType } = {}) {
    this.floatType = floatType;
  }

  /** A tensor that is given at every run. */
  input(name: string, elements: ElementType, shape: Shape): Value {
    const value: Value = { graph: this, name, elements, shape };
    this.inputs.push(value);
    return value;
  }

  /** A weight. Asking twice for one name gives the same value. */
  parameter(name: string, shape: readonly number[], elements: FloatType = this.floatType): Value {
    const known = this.parameters.get(name);
    if (known) {
      if (sameShape(known.shape, shape)) return known;
      const reason = `is used as ${formatShape(known.shape)} and as ${formatShape(shape)}`;
      throw new TuwenError('TUWEN_GRAPH_INVALID', { operator: `parameter ${name}`, reason });
    }
    const value: Value = { graph: this, name, elements, shape };
    this.parameters.set(name, value);
    return value;
  }

  /** A matrix parameter in a few bits; it takes the place of the one given. */
  quantised(parameter: Value, form: QuantisedForm): QuantisedParameter {
    const known = this.quantisedParameters.get(parameter.name);
    if (known?.form === form) return known;
    if (known) {
      const reason = `is used as ${known.form} and as ${form}`;
      throw new TuwenError('TUWEN_GRAPH_INVALID', { operator: `parameter ${parameter.name}`, reason });
    }
    this.parameters.delete(parameter.name);
    const [rows, columns] = parameter.shape as [number, number];
    const types = quantisedTypes(form, rows, columns);
    const add = (part: 'weight' | 'scales', suffix: string): Value => {
      const value: Value = { graph: this, name: `${parameter.name}.${suffix}`, ...types[part] };
      this.parameters.set(value.name, value);
      return value;
    };
    const made = { form, weight: add('weight', form.split('-')[0]!), scales: add('scales', 'scales') };
    this.quantisedParameters.set(parameter.name, made);
    return made;
  }

  /** Adds an operator and returns its outputs. */
  apply(operator: Operator, inputs: readonly (Value | undefined)[], attributes: Attributes = {}): Value[] {
    const types = operator.infer(inputs, attributes);
    const outputs: Value[] = [];
    const node: Node = { operator, inputs, outputs, attributes };
    for (const type of types) outputs.push({ graph: this, name: this.#name(operator.name), node, ...type });
    this.nodes.push(node);
    return outputs;
  }

  /** Names a value as a result of the graph. */
  output(name: string, value: Value): void {
    this.outputs.set(name, value);
  }

  /** A constant of the graph's float type; equal ones are kept once. */
  floats(data: readonly number[] | number): Value {
    const list = Float32Array.from(typeof data === 'number' ? [data] : data);
    const shape = typeof data === 'number' ? [] : [data.length];
    return this.#constant(this.floatType, shape, this.floatType === 'float16' ? floatToHalf(list) : list);
  }

  /** A one-dimensional int64 constant; equal ones are kept once. */
  integers(data: readonly number[]): Value {
    return this.#constant('int64', [data.length], BigInt64Array.from(data, BigInt));
  }

  /** A value that is made once per graph and key. */
  shared(key: string, make: () => Value): Value {
    const known = this.#shared.get(key);
    if (known) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  /** Where a symbol's size can be read: an input and the axis that is this symbol alone. */
  sourceOf(name: string): { input: Value; axis: number } {
    for (const input of this.inputs) {
      const axis = input.shape.findIndex((dim) => isSymbol(dim, name));
      if (axis >= 0) return { input, axis };
    }
    const reason = `no input has the symbolic size ${name} as a dimension of its own`;
    throw new TuwenError('TUWEN_GRAPH_INVALID', { operator: 'symbol', reason });
  }

  #constant(elements: FloatType | 'int64', shape: readonly number[], data: Constant['data']): Value {
    return this.shared(`${elements}${shape.length}:${data.join()}`, () => {
      const value: Value = { graph: this, name: this.#name('constant'), elements, shape };
      this.constants.push({ value, data });
      return value;
    });
  }

  #name(stem: string): string {
    this.#count += 1;
    return `${stem}_${this.#count}`;
  }
}

function isSymbol(dim: Dim, name: string): dim is SymbolicDim {
  return typeof dim !== 'number' && dim.factor === 1 && dim.symbols.length === 1 && dim.symbols[0] === name;
}
