import { type Feeds, openSession, type Results, type SessionOptions } from '../engine/index.ts';
import { Graph, gradients, toOnnx, type Value } from '../graph/index.ts';

/** Weights by name: row-major float32. */
export type WeightArrays = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** Takes what a step comes to as soon as it is known, so that no more than a part of the gradients is held at once. */
export interface StepSink {
  /** The loss, before any gradient. */
  loss(value: number): void;
  /** A parameter's whole gradient. The array is used again afterwards. */
  gradient(name: string, values: Float32Array): void;
}

export interface ObjectiveOptions extends SessionOptions {
  /** Adds the inputs and the model to the graph; returns the scalar to make small and what else is wanted. */
  readonly build: (graph: Graph) => {
    readonly loss: Value;
    readonly outputs?: Readonly<Record<string, Value>>;
  };
  /** Every parameter and buffer of the graph; read at each run, so an optimiser changes them in place. */
  readonly weights: WeightArrays;
  /** Which parameters are trained. Default: all that the graph does not update itself. */
  readonly trains?: (name: string) => boolean;
}

/** A loss with its gradients, ready to be evaluated on batches. */
export interface Objective {
  /** The parameters that are trained, in the order of the graph. */
  readonly trained: readonly string[];
  /** The gradients of the last batch, by parameter. */
  readonly gradients: WeightArrays;
  /**
   * Loss and outputs of a batch; moves the buffers (running statistics). The gradients go to the sink; without one they are
   * left in `gradients`.
   */
  evaluate(batch: Feeds, sink?: StepSink): Promise<{ loss: number; outputs: Results }>;
  close(): Promise<void>;
}

const GRADIENT = 'gradient:';
const BUFFER = 'buffer:';

/** Builds the graph of a loss and of its gradients, and prepares it to run on the calling thread. */
export async function openObjective(options: ObjectiveOptions): Promise<Objective> {
  const { build, weights, trains = () => true, ...session } = options;
  const graph = new Graph();
  const { loss, outputs = {} } = build(graph);
  const buffers = new Set(graph.bufferUpdates.map(({ buffer }) => buffer.name));
  const trained = [...graph.parameters.keys()].filter((name) => !buffers.has(name) && trains(name));
  const values = trained.map((name) => graph.parameters.get(name)!);
  gradients([{ value: loss, gradient: graph.floats(1) }], values).forEach((gradient, i) => {
    graph.output(GRADIENT + trained[i], gradient);
  });
  for (const { buffer, updated } of graph.bufferUpdates) graph.output(BUFFER + buffer.name, updated);
  graph.output('loss', loss);
  for (const [name, value] of Object.entries(outputs)) graph.output(name, value);

  const running = await openSession(
    { onnx: toOnnx(graph, { parameters: 'feeds' }) },
    { memoryPattern: false, ...session },
  );
  const dims = (name: string) => graph.parameters.get(name)!.shape as number[];
  const feeds: Record<string, Feeds[string]> = {};
  for (const name of graph.parameters.keys()) feeds[name] = { data: weights.get(name)!, dims: dims(name) };
  const gradientArrays = new Map(trained.map((name) => [name, new Float32Array(weights.get(name)!.length)]));
  const wanted: Record<string, Feeds[string] | null> = {};
  for (const name of graph.outputs.keys()) wanted[name] = null;
  for (const [name, data] of gradientArrays) wanted[GRADIENT + name] = { data, dims: dims(name) };

  return {
    trained,
    gradients: gradientArrays,
    async evaluate(batch, sink) {
      const results = await running.run({ ...feeds, ...batch }, wanted);
      for (const buffer of buffers) weights.get(buffer)!.set(results[BUFFER + buffer]!.data as Float32Array);
      const named = Object.keys(outputs).map((name) => [name, results[name]!]);
      const loss = results.loss!.data[0] as number;
      sink?.loss(loss);
      if (sink) for (const [name, values] of gradientArrays) sink.gradient(name, values);
      return { loss, outputs: Object.fromEntries(named) };
    },
    close: () => running.close(),
  };
}
