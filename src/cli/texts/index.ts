/** Every sentence of the command line, in both languages: one file a command or subject. */
import { type Language, language } from '../../base/index.ts';
import * as classify from './classify.ts';
import * as collections from './collections.ts';
import * as dataBuild from './data-build.ts';
import * as dataConvert from './data-convert.ts';
import * as dataGroup from './data-group.ts';
import * as dataInspect from './data-inspect.ts';
import * as demo from './demo.ts';
import * as embed from './embed.ts';
import * as errors from './errors.ts';
import * as evaluate from './evaluate.ts';
import * as match from './match.ts';
import * as model from './model.ts';
import * as modelCheck from './model-check.ts';
import * as modelConvert from './model-convert.ts';
import * as modelExport from './model-export.ts';
import * as modelGroup from './model-group.ts';
import * as modelInspect from './model-inspect.ts';
import * as modelList from './model-list.ts';
import * as modelPull from './model-pull.ts';
import * as modelUse from './model-use.ts';
import * as options from './options.ts';
import * as program from './program.ts';
import * as progress from './progress.ts';
import * as serve from './serve.ts';
import * as train from './train.ts';
import * as usage from './usage.ts';

const TOPICS = {
  evaluate,
  program,
  options,
  match,
  classify,
  embed,
  collections,
  demo,
  dataGroup,
  dataInspect,
  dataBuild,
  dataConvert,
  serve,
  train,
  model,
  modelGroup,
  modelExport,
  modelInspect,
  modelCheck,
  modelConvert,
  modelList,
  modelUse,
  modelPull,
  progress,
  errors,
  usage,
};

type Topics = typeof TOPICS;

/** The sentences of one language; what English has, every language must have. */
export type Texts = { readonly [K in keyof Topics]: Topics[K]['en'] };

export const TEXTS: Readonly<Record<Language, Texts>> = { en: inLanguage('en'), zh: inLanguage('zh') };

/** The sentences in the language of this process. */
export function texts(): Texts {
  return TEXTS[language()];
}

function inLanguage(name: Language): Texts {
  return Object.fromEntries(Object.entries(TOPICS).map(([topic, each]) => [topic, each[name]])) as Texts;
}
