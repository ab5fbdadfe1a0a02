import { Command } from '@commander-js/extra-typings';
import { defaultModel, pullModel, resolveModel } from '../../../clip/index.ts';
import { hubTitle } from '../../../weights/index.ts';
import { hubOption, mirrorOption, offlineOption, revisionOption, showingDownload } from '../../hub.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print } from '../../output.ts';
import { texts } from '../../texts/index.ts';

export function pullCommand(signal: AbortSignal) {
  const { modelPull: words } = texts();
  return new Command('pull')
    .description(words.about)
    .argument('[model]', words.model)
    .addOption(revisionOption())
    .addOption(hubOption())
    .addOption(mirrorOption())
    .option('--cache-dir <folder>', words.cacheDir)
    .addOption(offlineOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async (model, { json, ...options }) => {
      const bring = options.offline ? resolveModel : pullModel;
      const name = model ?? (await defaultModel())?.model ?? '';
      const { path, repository } = await showingDownload(name, (onProgress) =>
        bring(model, { ...options, signal, onProgress }),
      );
      const { hub = null, id = null, revision = null } = repository ?? {};
      if (json) return print(JSON.stringify({ model: name, path, hub, repository: id, revision }));
      await print(hub && id ? words.done(name, path, hubTitle(hub), id) : words.local(name, path));
    });
}
