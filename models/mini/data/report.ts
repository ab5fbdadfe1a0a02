import { appendFileSync } from 'node:fs';
import type { EngineTensor } from '../../../src/engine/index.ts';
import type { StepReport } from '../../../src/train/index.ts';
import { recipePath } from './files.ts';

/** The identity matrix: row i finds column i. */
export function identity(size: number): EngineTensor {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { data, dims: [size, size] };
}

/** Steps over which the printed loss and rate are averaged. */
const EVERY = 50;

/** Prints a line every so many steps, and keeps it in `build/<name>.jsonl`. */
export function reporter(name: string, batch: number): (report: StepReport) => void {
  let loss = 0;
  let count = 0;
  let since = performance.now();
  return (report) => {
    loss += report.loss;
    count += 1;
    if ((report.step + 1) % EVERY !== 0) return;
    const rate = (count * batch * 1000) / (performance.now() - since);
    const line = {
      step: report.step + 1,
      steps: report.steps,
      loss: Number((loss / count).toFixed(4)),
      learningRate: report.learningRate,
      logitScale: report.logitScale,
      rate: Math.round(rate),
      minutesLeft: Math.round(((report.steps - report.step - 1) * batch) / rate / 60),
    };
    console.log(JSON.stringify(line));
    appendFileSync(recipePath(`build/${name}.jsonl`), `${JSON.stringify(line)}\n`);
    [loss, count, since] = [0, 0, performance.now()];
  };
}
