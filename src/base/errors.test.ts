import { afterEach, expect, test } from 'vitest';
import { isTuwenError, setLanguage, TuwenError } from './index.ts';
import { MESSAGES } from './messages/index.ts';

afterEach(() => setLanguage(undefined));

test('an error carries its code, value, remedy and cause', () => {
  const cause = new Error('ENOENT');
  const error = new TuwenError('TUWEN_FILE_MISSING', { path: '照片/a.jpg' }, { cause });
  expect(error).toMatchObject({ code: 'TUWEN_FILE_MISSING', value: { path: '照片/a.jpg' }, cause });
  expect(error.remedy).not.toBe('');
  expect(isTuwenError(error, 'TUWEN_FILE_MISSING')).toBe(true);
  expect(isTuwenError(error, 'TUWEN_CLOSED')).toBe(false);
});

test('the message follows the language and names the value in both', () => {
  for (const language of ['zh', 'en'] as const) {
    setLanguage(language);
    const error = new TuwenError('TUWEN_FILE_MISSING', { path: 'x/y.png' });
    expect(error.message).toContain('x/y.png');
    expect(error.message).toBe(error.text(language).message);
    expect(/\p{Script=Han}/u.test(error.message)).toBe(language === 'zh');
  }
});

test('every code is named TUWEN_… and has both languages', () => {
  for (const [code, texts] of Object.entries(MESSAGES)) {
    expect(code).toMatch(/^TUWEN_[A-Z0-9_]+$/);
    expect(Object.keys(texts).sort()).toEqual(['en', 'zh']);
  }
});
