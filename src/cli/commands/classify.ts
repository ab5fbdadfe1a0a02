import { Command } from '@commander-js/extra-typings';
import { outcomes } from '../../clip/index.ts';
import { describe, EXIT } from '../failure.ts';
import { findPictures } from '../inputs.ts';
import { listOf } from '../lines.ts';
import { withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  modelOption,
  precisionOption,
  threadsOption,
  wholeNumber,
} from '../options.ts';
import { print, say } from '../output.ts';
import { percent } from '../table.ts';
import { styleFor } from '../terminal.ts';
import { texts } from '../texts/index.ts';
import { UsageError } from '../usage.ts';

const BATCH = 8;
const SHOWN = 5;

export function classifyCommand(signal: AbortSignal) {
  const { classify } = texts();
  return new Command('classify')
    .description(classify.about)
    .argument('<image...>', classify.image)
    .option('--labels <labels>', classify.labels)
    .option('--labels-file <file>', classify.labelsFile)
    .option('--templates <file>', classify.templates)
    .option('--top <n>', classify.top, wholeNumber)
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${classify.after}`)
    .action(async (images, options) => {
      const labels = await labelsOf(options);
      const templates = options.templates === undefined ? undefined : await templatesOf(options.templates);
      const pictures = await findPictures(images);
      const top = options.top ?? (options.json ? labels.length : SHOWN);
      const style = styleFor(process.stdout);
      await withModel(options, signal, async (clip) => {
        const ranked = outcomes(pictures, BATCH, (batch) =>
          clip.classify(
            batch.map(({ input }) => input),
            labels,
            { ...(templates && { templates }), top, signal },
          ),
        );
        for await (const outcome of ranked) {
          if ('error' in outcome) {
            say(describe(outcome.error));
            process.exitCode = EXIT.failed;
            continue;
          }
          const { picture, result } = outcome;
          const image = String(picture.name);
          if (options.json) await print(JSON.stringify({ image, labels: result }));
          else {
            const [best, ...others] = result.map(
              ({ label, probability }) => `${label} ${percent(probability)}`,
            );
            await print([`${image}  ${style.good(best!)}`, ...others].join('  '));
          }
        }
      });
    });
}

interface LabelOptions {
  readonly labels?: string | undefined;
  readonly labelsFile?: string | undefined;
}

async function labelsOf({ labels, labelsFile }: LabelOptions): Promise<string[]> {
  const { classify } = texts();
  if (labels !== undefined && labelsFile !== undefined) throw new UsageError(classify.bothLabels);
  if (labelsFile !== undefined) return listOf(labelsFile);
  const list = splitLabels(labels ?? '');
  if (list.length === 0) throw new UsageError(classify.noLabels);
  return list;
}

/** Labels between commas of either kind, or Chinese enumeration commas. */
export function splitLabels(labels: string): string[] {
  return labels
    .split(/[,，、]/)
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

async function templatesOf(path: string): Promise<string[]> {
  const templates = await listOf(path);
  const without = templates.find((template) => !template.includes('{}'));
  if (without !== undefined) throw new UsageError(texts().classify.badTemplate(without));
  return templates;
}
