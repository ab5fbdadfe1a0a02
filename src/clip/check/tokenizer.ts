import { type ClipConfig, isChinese } from '../config.ts';
import { createEnglishTokenizer, createTokenizer } from '../tokenizer/index.ts';
import { type CheckResult, judged, skipped } from './types.ts';

type Case = readonly [text: string, ids: readonly number[]];

/** What `cn_clip.clip.tokenize` gives, by Google's Chinese vocabulary of 21,128 words, which every published model has. */
const CHINESE: readonly Case[] = [
  ['', [101, 102]],
  ['12:30', [101, 8110, 131, 8114, 102]],
  ['`;·', [101, 100, 132, 185, 102]],
  ['<S><S>', [101, 133, 161, 135, 133, 161, 135, 102]],
  ['开心🦀🦀', [101, 2458, 2552, 100, 102]],
  [
    "Levi's白色儿童自行车33W",
    [101, 8983, 9197, 112, 161, 4635, 5682, 1036, 4997, 5632, 6121, 6756, 8226, 8220, 102],
  ],
  ['Clip World On Retrieval', [101, 12847, 9032, 8572, 8281, 8847, 11309, 8402, 9957, 102]],
  ['Ｉｔ＇ｓ　ｃＡｔ　ＯＦ', [101, 8059, 11766, 8019, 8069, 8053, 10094, 11766, 8065, 21095, 102]],
  ['歡迎光臨$鐵達尼號', [101, 3631, 6816, 1045, 5631, 109, 7136, 6888, 2225, 5998, 102]],
  ['红色꽌픨A꿱', [101, 5273, 5682, 100, 102]],
  ['Θν ϔϨ όϦ ϼΠ ψϖ', [101, 216, 13391, 100, 100, 100, 100, 102]],
  ['䣣㛢 㥧㼡 䨓㾄 㓱㱎 䣢䎢', [101, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 102]],
  ['运晔per渤', [101, 6817, 3237, 9205, 8180, 3943, 102]],
  ["🖉🛅🪞🝀ａON DON'T", [101, 100, 9524, 112, 162, 102]],
];

/** What OpenAI's `clip.tokenize` gives, by the one vocabulary of its models. */
const ENGLISH: readonly Case[] = [
  ['', [49406, 49407]],
  ['A Photo Of A CAT.', [49406, 320, 1125, 539, 320, 2368, 269, 49407]],
  [
    'a photo of a dog, a type of pet!',
    [49406, 320, 1125, 539, 320, 1929, 267, 320, 3877, 539, 3703, 256, 49407],
  ],
  [
    '“quoted” ‘single’ … – — it’s',
    [49406, 257, 27706, 257, 568, 17005, 262, 959, 1224, 2005, 585, 568, 49407],
  ],
];

const CHINESE_WORDS = 21128;
const ENGLISH_SYMBOLS = 49408;

/** Whether the tokenizer over a model's vocabulary gives the reference's ids. A vocabulary of another size is its own. */
export function checkTokenizer(config: ClipConfig, vocabulary: string): CheckResult {
  const [create, size, cases] = isChinese(config)
    ? ([createTokenizer, CHINESE_WORDS, CHINESE] as const)
    : ([createEnglishTokenizer, ENGLISH_SYMBOLS, ENGLISH] as const);
  const tokenizer = create(vocabulary);
  if (tokenizer.size !== size) return skipped('tokenizer', 'vocabulary-own');
  const wrong = cases.filter(([text, ids]) => tokenizer.encode(text).join() !== ids.join());
  return judged(
    'tokenizer',
    cases.length,
    wrong.map(([text]) => text),
  );
}
