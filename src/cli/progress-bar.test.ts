import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setLanguage } from '../base/index.ts';
import { progressBar, progressLine } from './progress-bar.ts';
import { cells } from './terminal.ts';

beforeEach(() => setLanguage('en'));
afterEach(() => {
  setLanguage(undefined);
  vi.useRealTimers();
});

function stream(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  return { written, stream: { isTTY, columns: 40, write } as unknown as NodeJS.WriteStream };
}

test('a line says how far, how fast and how long still', () => {
  const line = progressLine({ unit: 'image', done: 30, total: 120, rate: 34.4, secondsLeft: 3.2 });
  expect(line).toBe('█████                 25%  30/120  34/s  0:04 left');
  expect(progressLine({ unit: 'text', done: 9, rate: 2.25 })).toBe('9  2.3/s');
  const bytes = { unit: 'byte', done: 5e8, total: 1e9, rate: 2e8, secondsLeft: 3700 };
  expect(progressLine(bytes)).toContain('500 MB/1000 MB  200 MB/s  1:01:40 left');
  setLanguage('zh');
  expect(progressLine({ unit: 'image', done: 1, total: 2, rate: 1, secondsLeft: 1 })).toContain('剩余 0:01');
});

test('in a terminal one line is redrawn, and removed in the end', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { written, stream: terminal } = stream(true);
  const bar = progressBar('图片', terminal);
  bar.onProgress({ unit: 'image', done: 1, total: 3, rate: 1, secondsLeft: 2 });
  expect(written).toEqual([]);
  vi.advanceTimersByTime(600);
  bar.onProgress({ unit: 'image', done: 2, total: 3, rate: 1, secondsLeft: 1 });
  bar.say('a note');
  bar.end();
  expect(written).toEqual([expect.stringMatching(/^\r\x1b\[K图片 █/), '\r\x1b[K', 'a note\n', '\r\x1b[K']);
  expect(cells(written[0]!.slice('\r\x1b[K'.length))).toBeLessThan(40);
});

test('elsewhere plain lines come now and then', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { written, stream: file } = stream(false);
  const bar = progressBar('图片', file);
  for (let done = 1; done <= 25; done++) {
    vi.advanceTimersByTime(1000);
    bar.onProgress({ unit: 'image', done, rate: 1 });
  }
  bar.end();
  expect(written).toEqual(['图片 10  1.0/s\n', '图片 20  1.0/s\n']);
});
