import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('lets in what there is room for, and says when to come again', () => {
  const gate = createGate('texts', 10);
  const leave = gate.enter(6);
  const leaveToo = gate.enter(4);
  expect(() => gate.enter(1)).toThrow(expect.objectContaining({ code: 'TUWEN_SERVER_BUSY' }));
  expect(gate.enter(0)).toBeInstanceOf(Function);
  leaveToo();
  leaveToo();
  expect(gate.inside).toBe(6);
  gate.enter(4);
  leave();
  expect(gate.inside).toBe(4);
  try {
    gate.enter(7);
    expect.unreachable();
  } catch (error) {
    const { value } = error as { value: { what: string; limit: number; retryAfter: number } };
    expect(value).toMatchObject({ what: 'texts', limit: 10 });
    expect(value.retryAfter).toBeGreaterThanOrEqual(1);
    expect(value.retryAfter).toBeLessThanOrEqual(60);
  }
});

test('what is larger than the gate goes in alone', () => {
  const gate = createGate('pictures', 2);
  const leave = gate.enter(5);
  expect(() => gate.enter(1)).toThrow(expect.objectContaining({ code: 'TUWEN_SERVER_BUSY' }));
  leave();
  gate.enter(1);
  expect(() => gate.enter(5)).toThrow(expect.objectContaining({ code: 'TUWEN_SERVER_BUSY' }));
});
