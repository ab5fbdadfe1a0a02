import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import {
  askHubs,
  downloadBytes,
  findModel,
  isDownloadable,
  type ResolveOptions,
  readModel,
  setDefaultModel,
} from '../../../clip/index.ts';
import { hubOption, megabytes, mirrorOption, offlineOption, revisionOption } from '../../hub.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print, say } from '../../output.ts';
import { texts } from '../../texts/index.ts';

export function useCommand(signal: AbortSignal) {
  const { modelUse: words } = texts();
  return new Command('use')
    .description(words.about)
    .argument('<model>', words.model)
    .addOption(revisionOption())
    .addOption(hubOption())
    .addOption(mirrorOption())
    .addOption(offlineOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (named, { json, ...options }) => {
      const isPath = existsSync(named);
      const model = isPath ? resolve(named) : named;
      if (isPath) await readModel(model, { mapped: true, signal }); // Throws where it is no model.
      const path = (await findModel(model, options))?.path;
      const bytes = path === undefined ? await bytesOf(model, { ...options, signal }) : undefined;
      const { revision, hub } = options;
      await setDefaultModel({ model, ...(revision && { revision }), ...(hub && { hub }) });
      if (process.env.TUWEN_MODEL) say(words.overridden(process.env.TUWEN_MODEL));
      if (json) return print(JSON.stringify({ model, path: path ?? null, bytes: bytes ?? null }));
      await print(words.done(model));
      if (bytes !== undefined) await print(words.absent(model, megabytes(bytes)));
    });
}

/** The size of what is yet to be downloaded; throws where the name means nothing. */
async function bytesOf(model: string, options: ResolveOptions): Promise<number> {
  if (isDownloadable(model) && options.revision === undefined) return downloadBytes(model);
  const { listing } = await askHubs(model, options);
  return listing.files.reduce((sum, { bytes }) => sum + bytes, 0);
}
