import { access, constants } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { fileError, throwIfAborted } from '../../base/index.ts';
import { EXIT } from '../failure.ts';
import { FORMATS, formatOf, openFeatureWriter } from '../features/index.ts';
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
import { texts } from '../texts/index.ts';
import { UsageError } from '../usage.ts';
import { collectFeatures, type EmbedReport } from './embed-run.ts';

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
      const writer = await openFeatureWriter(options.output, format);
      try {
        await withModel(options, signal, async (clip) => {
          const report = await collectFeatures(clip, inputs, writer, signal);
          throwIfAborted('run', signal);
          await writer.finish();
          await tell(report, clip.info.dim, options);
        });
      } catch (error) {
        await writer.discard();
        throw error;
      }
    });
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
