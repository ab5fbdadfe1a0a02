/**
 * Our own training checkpoints: one safetensors file with the weights, both moments of the optimiser, the state of the
 * data in its metadata, and there too what makes it a model by itself.
 */
import { cnClip } from './cn-clip.ts';
import type { Layout } from './layout.ts';

/** Where the metadata of a training checkpoint has its state. */
export const TRAINING_STATE = 'tuwen.training';

export const training: Layout = {
  ...cnClip,
  recognises: ({ naming, header }) => naming.names !== 'hf' && header.notes.has(TRAINING_STATE),
};
