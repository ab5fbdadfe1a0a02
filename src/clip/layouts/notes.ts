/** How far a checkpoint was trained, as it says itself. */
import type { WeightsHeader } from '../../weights/index.ts';
import type { TrainingNotes } from './layout.ts';
import { TRAINING_STATE } from './training.ts';

/** Epoch, step and name, from beside a state dict or from a safetensors file's metadata. */
export function trainingNotes({ notes }: WeightsHeader): TrainingNotes {
  const epoch = wholeNumber(notes.get('epoch'));
  const step = wholeNumber(notes.get('step')) ?? ownStep(notes.get(TRAINING_STATE));
  const name = notes.get('name');
  return {
    ...(epoch === undefined ? {} : { epoch }),
    ...(step === undefined ? {} : { step }),
    ...(typeof name === 'string' ? { name } : {}),
  };
}

function wholeNumber(note: unknown): number | undefined {
  const number = typeof note === 'string' && /^\d{1,15}$/.test(note) ? Number(note) : note;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

/** The step in the state of one of our training checkpoints. */
function ownStep(state: number | string | undefined): number | undefined {
  try {
    return wholeNumber((JSON.parse(String(state)) as { step?: unknown } | null)?.step);
  } catch {
    return undefined;
  }
}
