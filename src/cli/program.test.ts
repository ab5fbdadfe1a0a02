import { CommanderError } from '@commander-js/extra-typings';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Language, setLanguage } from '../base/index.ts';
import { splitLabels } from './commands/classify.ts';
import { explain } from './failure.ts';
import { languageOf } from './options.ts';
import { createProgram } from './program.ts';

afterEach(() => {
  setLanguage(undefined);
  vi.restoreAllMocks();
});

/** Parses arguments as the program does; returns what it prints and its exit code. */
async function parsed(language: Language, ...args: string[]) {
  setLanguage(language);
  const output = { out: '', err: '', code: 0 };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output.err += text;
    return true;
  });
  const error = await createProgram(new AbortController().signal)
    .parseAsync(args, { from: 'user' })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  if (error !== undefined) output.code = explain(error, 'tuwen');
  vi.restoreAllMocks();
  return output;
}

describe('help', () => {
  const commands = ['demo', 'match', 'classify', 'embed', 'serve', 'model'];

  test('names every command, in both languages', async () => {
    for (const language of ['zh', 'en'] as const) {
      const { out, err, code } = await parsed(language, '--help');
      expect({ err, code }).toEqual({ err: '', code: 0 });
      for (const command of commands) expect(out).toContain(`\n  ${command}`);
    }
  });

  test.each(commands)('%s: Chinese in Chinese, English in English', async (command) => {
    const { out: chinese, code } = await parsed('zh', command, '--help');
    expect(code).toBe(0);
    expect(chinese).toMatch(/^用法：/);
    expect(chinese).not.toMatch(/Usage|Options|Arguments|display help|choices:/);
    const lines = chinese.split('\n').filter((line) => /^ {2}-/.test(line));
    for (const line of lines) expect(line).toMatch(/\p{Script=Han}/u);
    const { out: english } = await parsed('en', 'help', command);
    expect(english).toMatch(/^Usage: tuwen/);
    expect(english).toContain('--lang');
  });

  test('is what comes without a command, as a usage error', async () => {
    const { out, err, code } = await parsed('en');
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err).toContain('Usage:');
  });
});

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    [['match'], 'the argument <image> is missing', '缺少参数 <image>'],
    [['match', 'a.jpg'], 'the argument <text> is missing', '缺少参数 <text>'],
    [
      ['match', '--jsn', 'a', 'b'],
      'unknown option --jsn. Did you mean --json?',
      '没有选项 --jsn。是否想用 --json？',
    ],
    [['clasify'], 'unknown command clasify. Did you mean classify?', '没有命令 clasify。是否想用 classify？'],
    [['nothing-like-it'], 'unknown command nothing-like-it', '没有命令 nothing-like-it'],
    [['--nope'], 'unknown option --nope', '没有选项 --nope'],
    [['demo', 'x'], 'too many arguments: expected 0, got 1', '参数过多：应为 0 个，实为 1 个'],
    [['embed', '-o'], '-o, --output <file> needs a value', '-o, --output <file> 需要一个值'],
    [
      ['match', '--threads', '0', 'a', 'b'],
      '--threads <n>: 0 is not a whole number of at least 1',
      '--threads <n>：0 不是不小于 1 的整数',
    ],
    [
      ['match', '--precision', 'fp8', 'a', 'b'],
      '--precision <precision>: fp8 is not one of fp32, fp16, int8',
      '--precision <precision>：fp8 不是 fp32, fp16, int8 之一',
    ],
    [
      ['serve', '--port', '65536'],
      '--port <n>: 65536 is not a port, from 0 to 65535',
      '--port <n>：65536 不是 0 到 65535 之间的端口',
    ],
    [['classify', 'a'], 'no labels', '没有标签'],
    [['classify', 'a', '--labels', '，'], 'no labels', '没有标签'],
    [['classify', 'a', '--labels', 'a', '--labels-file', 'b'], 'not both', '只能用一个'],
    [['embed'], 'nothing to do', '没有输入'],
    [['embed', '--texts', 'a', '-o', 'a.csv'], 'a.csv', 'a.csv'],
    [['embed', '--texts', 'a', '--images', 'b', '-o', 'a.npy'], 'only one of', '只用一个'],
  ])('%j', async (args, english, chinese) => {
    for (const [language, sentence] of [
      ['en', english],
      ['zh', chinese],
    ] as const) {
      const { out, err, code } = await parsed(language, ...args);
      expect({ out, code }).toEqual({ out: '', code: 2 });
      expect(err.split('\n')[0]).toContain(sentence);
      expect(err).toMatch(/tuwen --help/);
    }
  });

  test('an error that is no usage error keeps its code', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(explain(new CommanderError(0, 'commander.helpDisplayed', ''), 'tuwen')).toBe(0);
    expect(explain(new Error('?'), 'tuwen')).toBe(1);
  });
});

test('--lang is seen wherever it stands, but not behind --', () => {
  expect(languageOf(['--lang', 'zh', 'match'])).toBe('zh');
  expect(languageOf(['match', 'a', 'b', '--lang=en'])).toBe('en');
  expect(languageOf(['--lang', 'zh', 'match', '--lang', 'en'])).toBe('en');
  expect(languageOf(['match', '--', '--lang', 'zh'])).toBeUndefined();
  expect(languageOf(['--lang', 'fr'])).toBeUndefined();
  expect(languageOf(['--lang'])).toBeUndefined();
});

test('labels stand between commas of either kind', () => {
  expect(splitLabels('猫, 狗，鱼、 小 鸟,,')).toEqual(['猫', '狗', '鱼', '小 鸟']);
});
