/** Gradients that the reference fixtures hold, by cn_clip's names. */
import type { ClipConfig } from '../../src/clip/index.ts';
import { fromHf, hfTensors } from '../../src/clip/layouts/hf-names.ts';
import type { EngineTensor } from '../../src/engine/index.ts';
import { fromFloat32, type StateDict } from '../../src/weights/index.ts';
import { engineTensor } from './fixtures.ts';
import { countOf } from './numbers.ts';

type Read = (name: string) => EngineTensor;

/** The rows `….rows` of a table, of which nothing else is stored, put at `….row_ids`. */
function spread(read: Read, name: string, shape: readonly number[]): Float32Array {
  const [ids, rows] = [read(`${name}.row_ids`).data, read(`${name}.rows`).data as Float32Array];
  const width = shape[1]!;
  const table = new Float32Array(countOf(shape));
  for (let i = 0; i < ids.length; i++) {
    table.set(rows.subarray(i * width, (i + 1) * width), Number(ids[i]!) * width);
  }
  return table;
}

/** `grad.<name>` as an array; tables of words from their stored rows. */
export function storedGradient(read: Read, name: string, shape: readonly number[]): Float32Array {
  return name.endsWith('word_embeddings.weight')
    ? spread(read, `grad.${name}`, shape)
    : (read(`grad.${name}`).data as Float32Array);
}

/** The gradients of a model in Hugging Face's layout, brought into cn_clip's names and shapes as its weights are. */
export function hfGradients(read: Read, config: ClipConfig): (name: string) => Float32Array {
  const tensors: StateDict = new Map(
    [...hfTensors(config)].map(([name, { shape }]) => [
      name,
      fromFloat32(storedGradient(read, name, shape), shape),
    ]),
  );
  const mapped = fromHf(tensors);
  return (name) => engineTensor(mapped.get(name)!).data as Float32Array;
}
