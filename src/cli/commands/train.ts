import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { language, TuwenError } from '../../base/index.ts';
import {
  commentedSettings,
  dryRun,
  type GivenSettings,
  jsonLine,
  readSettings,
  resolveSettings,
  runTraining,
  type StagedSettings,
} from '../../train/index.ts';
import { EXIT } from '../failure.ts';
import { jsonOption, langOption, portNumber, threadsOption } from '../options.ts';
import { print, say } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { texts } from '../texts/index.ts';
import { openTrainingPage, PAGES } from '../training-page/open.ts';
import { settingOptions, settingsGiven } from './train-flags.ts';
import { noticeLine, planLines, stepLine, validationLine } from './train-lines.ts';

/** Where the page of a run is, unless told. */
const WATCH_PORT = 8788;

interface Running {
  /** The port of the page. */
  readonly watch?: number | true | undefined;
  readonly json?: true | undefined;
  readonly threads?: number | undefined;
}

export function trainCommand(signal: AbortSignal) {
  const { train } = texts();
  const command = new Command('train')
    .description(train.about)
    .argument('[config]', train.config)
    .option('--init-config [file]', train.initConfig)
    .option('--dry-run', train.dryRun)
    .option('--watch [port]', train.watch, portNumber)
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${train.after}`)
    .action(async (config, options, own) => {
      if (options.initConfig !== undefined) return writeConfig(options.initConfig);
      const stored: GivenSettings = config === undefined ? {} : await readSettings(config);
      const settings = resolveSettings({ ...stored, ...settingsGiven(own) }, config ?? 'tuwen train');
      await (options.dryRun ? check(settings, options, signal) : run(settings, options, signal));
    });
  for (const option of settingOptions()) command.addOption(option);
  return command;
}

async function writeConfig(path: string | true): Promise<void> {
  const text = commentedSettings(language());
  if (path === true) return print(text.trimEnd());
  await writeFile(path, text, { flag: 'wx' }).catch((cause) => {
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason: cause.code ?? String(cause) }, { cause });
  });
  say(texts().train.wrote(path));
}

async function check(settings: StagedSettings, { json }: Running, signal: AbortSignal): Promise<void> {
  const bar = progressBar(texts().train.checking);
  const report = await dryRun(settings, { onProgress: bar.onProgress, signal }).finally(bar.end);
  if (json) await print(JSON.stringify(report));
  else for (const line of planLines(report)) await print(line);
  if (report.problemCount > 0) process.exitCode = EXIT.failed;
}

async function run(
  settings: StagedSettings,
  { json, threads, watch }: Running,
  signal: AbortSignal,
): Promise<void> {
  const { stages } = settings;
  const page = watch === undefined ? undefined : await openPage(settings, watch);
  const bar = progressBar(texts().train.features);
  const tell = (kind: string, event: object, line: string) =>
    json ? print(jsonLine({ kind, ...event })) : Promise.resolve(bar.say(line));
  const result = await runTraining(settings, {
    signal,
    ...(threads === undefined ? {} : { threads }),
    onProgress: bar.onProgress,
    onNotice: (notice) => bar.say(noticeLine(notice)),
    onStep: async (event) => {
      bar.end();
      const every = stages[event.stage]!['log-interval'];
      const isDue = (event.step + 1) % every === 0 || event.step + 1 === event.steps;
      if (isDue) await tell('step', event, stepLine(event, stages.length));
    },
    onValidation: (event) => tell('validation', event, validationLine(event)),
  }).finally(async () => {
    bar.end();
    await page?.close();
  });
  await tell('done', result, texts().train.done(result.steps, result.checkpoint));
}

/** Shows the run on a page, and says where. */
async function openPage({ stages }: StagedSettings, watch: number | true) {
  const [first] = stages as [(typeof stages)[number]];
  const { 'val-data': path, 'val-split': split } = first;
  const page = await openTrainingPage({
    folder: join(first.logs, first.name),
    port: watch === true ? WATCH_PORT : watch,
    pages: PAGES,
    ...(path === undefined ? {} : { data: { path, split } }),
  });
  say(texts().train.watching(page.address));
  return page;
}
