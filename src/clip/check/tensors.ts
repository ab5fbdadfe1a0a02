import { throwIfAborted } from '../../base/index.ts';
import { type StateDict, toFloat32 } from '../../weights/index.ts';
import { type CheckResult, judged } from './types.ts';

/** Whether every number of every tensor is finite. Reads one tensor after another. Throws TUWEN_CANCELLED. */
export function checkTensors(weights: StateDict, signal?: AbortSignal): CheckResult {
  const wrong: string[] = [];
  for (const [name, tensor] of weights) {
    throwIfAborted('reading', signal);
    if (tensor.dtype !== 'I64' && !allFinite(toFloat32(tensor))) wrong.push(name);
  }
  return judged('tensors', weights.size, wrong);
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
