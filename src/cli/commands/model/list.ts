import { Command } from '@commander-js/extra-typings';
import { defaultModel, type ListedModel, listModels } from '../../../clip/index.ts';
import { megabytes } from '../../hub.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print } from '../../output.ts';
import { cells, padEnd, padStart, type Style, styleFor } from '../../terminal.ts';
import { texts } from '../../texts/index.ts';

export function listCommand() {
  const { modelList: words } = texts();
  return new Command('list')
    .description(words.about)
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${words.after}`)
    .action(async ({ json }) => {
      const [models, chosen] = [await listModels(), await defaultModel()];
      if (json) return print(JSON.stringify(report(models, chosen?.model)));
      await print(table(models, chosen?.model, styleFor(process.stdout)).join('\n'));
      const other = chosen !== undefined && models.every(({ name }) => name !== chosen.model);
      await print(`\n${chosen === undefined ? words.noDefault : words.legend}`);
      if (other) await print(words.otherDefault(chosen.model));
    });
}

function report(models: readonly ListedModel[], chosen: string | undefined): object {
  return {
    default: chosen ?? null,
    models: models.map(({ name, bytes, repositories, path }) => ({
      name,
      bytes,
      path: path ?? null,
      repositories: repositories.map(({ hub, id }) => ({ hub, id })),
    })),
  };
}

function table(models: readonly ListedModel[], chosen: string | undefined, style: Style): string[] {
  const { modelList: words } = texts();
  const width = Math.max(...models.map(({ name }) => cells(name)));
  return models.map(({ name, bytes, repositories, path }) => {
    const mark = name === chosen ? '▸' : ' ';
    const where = repositories.length === 0 ? words.shipped : (path ?? words.absent);
    const line = `${mark} ${padEnd(name, width)}  ${padStart(megabytes(bytes), 8)}  ${where}`;
    return name === chosen ? style.good(line) : path === undefined ? style.dim(line) : line;
  });
}
