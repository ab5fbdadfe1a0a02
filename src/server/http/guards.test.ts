import { expect, test } from 'vitest';
import { checkHost, checkKey, isLoopback } from './guards.ts';
import { languageOf } from './language.ts';

test.each([
  ['localhost'],
  ['localhost:8787'],
  ['127.0.0.1:1'],
  ['127.9.9.9'],
  ['[::1]:8787'],
  ['[::1]'],
  ['LOCALHOST'],
  ['app.localhost:80'],
])('the host %s is this machine', (host) => {
  expect(() => checkHost(host)).not.toThrow();
});

test.each([
  [undefined],
  [''],
  ['evil.example'],
  ['evil.example:8787'],
  ['127.0.0.1.evil.example'],
  ['localhost.evil.example'],
  ['evillocalhost'],
  ['0.0.0.0'],
  ['192.168.1.1'],
])('the host %s is not', (host) => {
  expect(() => checkHost(host)).toThrow(expect.objectContaining({ code: 'TUWEN_HOST_REFUSED' }));
});

test('addresses that only this machine reaches', () => {
  expect(['127.0.0.1', '127.0.0.53', 'localhost', '::1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '192.168.0.1', '1270.0.0.1', 'localhost.example'].some(isLoopback)).toBe(false);
});

const asked = (headers: Record<string, string>, method = 'GET') =>
  new Request('http://localhost/', { headers, method });

test.each([
  [{ authorization: 'Bearer a-k' }],
  [{ authorization: 'bearer  a-k' }],
  [{ 'x-api-key': 'a-k' }],
  [{ cookie: 'x=1; tuwen_key=a-k; y=2' }],
])('a key is taken from %j', (headers) => {
  expect(() => checkKey(asked(headers), 'a-k')).not.toThrow();
});

test.each([
  [{}, 'GET'],
  [{ authorization: 'Bearer a' }, 'GET'],
  [{ authorization: 'Bearer a-k2' }, 'GET'],
  [{ authorization: 'Basic a-k' }, 'GET'],
  [{ authorization: 'a-k' }, 'GET'],
  [{ 'x-api-key': '' }, 'GET'],
  [{ cookie: 'tuwen_key=%' }, 'GET'],
  [{ cookie: 'xtuwen_key=a-k' }, 'GET'],
  // A page elsewhere can make a browser send cookies along with a form.
  [{ cookie: 'tuwen_key=a-k' }, 'POST'],
])('no key is in %j of a %s', (headers, method) => {
  expect(() => checkKey(asked(headers as Record<string, string>, method), 'a-k')).toThrow(
    expect.objectContaining({ code: 'TUWEN_KEY_REFUSED' }),
  );
});

test('the language is the first of ours that the caller reads', () => {
  expect(languageOf('zh-CN,zh;q=0.9,en;q=0.8')).toBe('zh');
  expect(languageOf('fr,en-GB;q=0.8,zh;q=0.5')).toBe('en');
  expect(['zh', 'en']).toContain(languageOf('fr'));
  expect(['zh', 'en']).toContain(languageOf(undefined));
});
