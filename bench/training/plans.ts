/** The settings of the runs of `docs/training.md`, and which of them are drawn together. */
import { join } from 'node:path';
import { ROOT } from '../paths.ts';

export const folder = (...parts: string[]) => join(ROOT, 'build/training', ...parts);
/** The log of a run; that of the shipped model's recipe is with the recipe. */
export const logOf = (name: string) =>
  name === 'pictures'
    ? join(ROOT, 'models/mini/build/logs/pictures/log.jsonl')
    : folder('logs', name, 'log.jsonl');
const start = (name: string) => folder('starts', name);

const COMMON = {
  'valid-batch-size': 256,
  'keep-apart': true,
  beta2: 0.98,
  eps: 1e-6,
  wd: 0.05,
  warmup: 20,
  'clip-grad-norm': 1,
  dropout: false,
  'save-epoch-frequency': 1000,
  logs: folder('logs'),
};
const DRAWINGS = { 'train-data': folder('drawings'), 'val-data': folder('drawings') };
const SMALL = {
  ...COMMON,
  ...DRAWINGS,
  'batch-size': 256,
  'train-split': 'small',
  'valid-step-interval': 16,
  'log-interval': 2,
};
const STAMPS = {
  ...COMMON,
  'train-data': folder('stamps'),
  'val-data': folder('stamps'),
  model: 'mini',
  'batch-size': 64,
  'max-epochs': 10,
  'log-interval': 1,
};

/** The settings of every run, by name. */
export const RUNS: Readonly<Record<string, object>> = {
  'stamps-before': { ...STAMPS, 'freeze-vision': true, lr: 1e-12, 'max-steps': 1 },
  'stamps-images': { ...STAMPS, lr: 1e-4, 'freeze-text': true },
  'stamps-both': { ...STAMPS, lr: 1e-4 },
  'stamps-lora': { ...STAMPS, lr: 1e-3, 'lora-rank': 8 },
  'two-stage': {
    ...SMALL,
    model: start('image-tower'),
    stages: [
      { 'freeze-vision': true, lr: 1e-3, 'max-steps': 40 },
      { lr: 3e-4, 'max-steps': 40 },
    ],
  },
  'one-stage': { ...SMALL, model: start('image-tower'), lr: 1e-3, 'max-steps': 80 },
  scratch: { ...SMALL, model: start('scratch'), lr: 1e-3, 'max-steps': 80 },
  student: { ...SMALL, model: start('student'), 'freeze-text': true, lr: 1e-3, 'max-steps': 160 },
  'student-taught': {
    ...SMALL,
    model: start('student'),
    'freeze-text': true,
    'teacher-model': 'mini',
    'kd-loss-weight': 5,
    lr: 1e-3,
    'max-steps': 160,
  },
};

/** Runs that are drawn together, each with its label: in English, in Chinese. */
export const CURVES: Readonly<Record<string, Readonly<Record<string, readonly [en: string, zh: string]>>>> = {
  photographs: {
    'stamps-both': ['both towers', '两座塔'],
    'stamps-images': ['the image tower', '仅图像塔'],
    'stamps-lora': ['adapters of rank 8', '秩为 8 的适配器'],
  },
  stages: {
    'one-stage': ['one stage', '一个阶段'],
    'two-stage': ['two stages', '两个阶段'],
    scratch: ['from random weights', '随机初始化'],
  },
  distillation: {
    student: ['alone', '独自训练'],
    'student-taught': ['with the teacher', '有教师'],
  },
  mini: { pictures: ['mini', 'mini'] },
};
