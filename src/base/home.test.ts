import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { home } from './home.ts';

test.each([
  ['linux', {}, join(homedir(), '.cache/tuwen')],
  ['linux', { XDG_CACHE_HOME: '/scratch' }, '/scratch/tuwen'],
  ['darwin', {}, join(homedir(), 'Library/Caches/tuwen')],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/tuwen'],
  ['linux', { TUWEN_HOME: 'here', XDG_CACHE_HOME: '/scratch' }, resolve('here')],
] as const)('on %s with %j it is %s', (platform, environment, expected) => {
  expect(home(environment, platform)).toBe(expected);
});
