import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { fileError, throwIfAborted } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import {
  FORMATS,
  type Format,
  featureWriter,
  formatOf,
  type Journal,
  journalFolder,
  openJournal,
  type RunIdentity,
} from '../../evaluate/index.ts';
import { EXIT } from '../failure.ts';
import { findPictures } from '../inputs.ts';
import { withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  precisionOption,
  threadsOption,
} from '../options.ts';
import { print, say } from '../output.ts';
import { printingWriter } from '../printing-writer.ts';
import { texts } from '../texts/index.ts';
import { UsageError } from '../usage.ts';
import { collectFeatures, type EmbedInputs, type EmbedReport } from './embed-run.ts';

export function embedCommand(signal: AbortSignal) {
  const { embed } = texts();
  return new Command('embed')
    .description(embed.about)
    .option('--images <paths...>', embed.images)
    .option('--texts <file>', embed.texts)
    .option('--raw', embed.raw)
    .option('-o, --output <file>', embed.output)
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${embed.after}`)
    .action(async (options) => {
      const format = formatFor(options);
      await checkReadable(options.texts);
      const pictures = options.images && (await findPictures(options.images));
      const inputs = { pictures, texts: options.texts, normalize: !options.raw };
      const journal = options.output && (await openJournal(journalFolder(options.output)));
      try {
        await withModel(options, signal, async (clip) => {
          const writer = journal
            ? await begin(journal, options.output!, format, await runIdentity(clip, inputs, options.images))
            : printingWriter();
          const report = await collectFeatures(clip, inputs, writer, signal);
          throwIfAborted('run', signal);
          await writer.finish();
          await tell(report, clip.info.dim, options);
        });
      } catch (error) {
        if (journal) await journal.close();
        throw error;
      }
    });
}

/** What vectors depend on, but for the pictures themselves: those of an earlier run count where it is the same. */
async function runIdentity(
  { info }: Clip,
  { normalize, texts: file }: EmbedInputs,
  images: readonly string[] = [],
): Promise<RunIdentity> {
  const { name, layout, fingerprint, dim, contextLength, imageSize, precision } = info;
  const lists = [...images.filter((path) => /\.tsv$/i.test(path)), ...(file === undefined ? [] : [file])];
  const files = await Promise.all(lists.map(stampOf));
  return { name, layout, fingerprint, dim, contextLength, imageSize, precision, normalize, files };
}

/** A file as it is now. */
async function stampOf(path: string) {
  const found = await stat(path).catch(() => undefined);
  return { path: resolve(path), size: found?.size, changed: found?.mtimeMs };
}

async function begin(journal: Journal, path: string, format: Format, identity: RunIdentity) {
  await journal.begin(identity);
  const count = journal.earlier('image') + journal.earlier('text');
  if (count > 0) say(texts().embed.goingOn(count, journalFolder(path)));
  return featureWriter(path, format, journal);
}

/** Finds out before hours of work that the file of texts is not there. */
async function checkReadable(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await access(path, constants.R_OK).catch((cause) => {
    throw fileError(path, cause);
  });
}

interface Choices {
  readonly images?: readonly string[] | undefined;
  readonly texts?: string | undefined;
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
}

function formatFor({ images, texts: file, output }: Choices) {
  const { embed } = texts();
  if (images === undefined && file === undefined) throw new UsageError(embed.nothing);
  const format = output === undefined ? '.jsonl' : formatOf(output);
  if (format === undefined) {
    throw new UsageError(embed.badOutput(output!, Object.keys(FORMATS).join(', ')));
  }
  if (format === '.npy' && images && file) throw new UsageError(embed.oneKind);
  return format;
}

/** Says what was written, and what was left out. */
async function tell({ images, texts: count, failed }: EmbedReport, dim: number, { output, json }: Choices) {
  const { embed, errors } = texts();
  if (failed.length > 0) {
    say(errors.unread(failed.length));
    process.exitCode = EXIT.failed;
  }
  if (output === undefined) return;
  if (json) await print(JSON.stringify({ output, images, texts: count, dim, failed }));
  else say(embed.wrote(output, images, count, dim));
}
