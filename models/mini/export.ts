/** Writes the trained weights as a model folder in our layout, in half precision: `models/mini/model`. */
import { readModel, writeTuwen } from '../../src/clip/index.ts';
import { recipePath } from './data/files.ts';
import { PICTURES_RUN } from './model.ts';

const model = await readModel(`${PICTURES_RUN}/checkpoints/epoch_latest.safetensors`);
await writeTuwen(recipePath('model'), { ...model, license: 'Apache-2.0' }, { dtype: 'F16' });
console.log('wrote models/mini/model');
