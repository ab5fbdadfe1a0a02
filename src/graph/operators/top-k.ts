/** The largest numbers of rows. */
import type { Operator, Value } from '../graph.ts';
import { formatShape } from '../shape.ts';
import { invalid, need } from './define.ts';

const TopK = (k: number): Operator => ({
  name: 'TopK',
  infer: (inputs) => {
    const { elements, shape } = need('TopK', inputs, 0);
    const last = shape.at(-1);
    if (last === undefined) throw invalid('TopK', 'needs at least one axis');
    if (typeof last === 'number' && last < k) {
      throw invalid('TopK', `${formatShape(shape)} has no ${k} numbers in its last axis`);
    }
    const kept = [...shape.slice(0, -1), k];
    return [
      { elements, shape: kept },
      { elements: 'int64', shape: kept },
    ];
  },
});

/** The k largest along the last axis and their places, largest first; of equal ones the first comes first. */
export function topK(x: Value, k: number): { readonly values: Value; readonly places: Value } {
  const [values, places] = x.graph.apply(TopK(k), [x, x.graph.integers([k])], { axis: -1 });
  return { values: values!, places: places! };
}
