import { Command, Option } from '@commander-js/extra-typings';
import { convertModel, inspectModel, resolveModel, WRITTEN_LAYOUTS } from '../../../clip/index.ts';
import { writeReferenceCheckpoint } from '../../../train/index.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print, say } from '../../output.ts';
import { progressBar } from '../../progress-bar.ts';
import { texts } from '../../texts/index.ts';
import { UsageError } from '../../usage.ts';

const DTYPES = { fp16: 'F16', fp32: 'F32' } as const;

export function convertCommand(signal: AbortSignal) {
  const { modelConvert: convert } = texts();
  return new Command('convert')
    .description(convert.about)
    .argument('<input>', convert.input)
    .argument('<output>', convert.output)
    .addOption(new Option('--layout <layout>', convert.layout).choices(WRITTEN_LAYOUTS).makeOptionMandatory())
    .addOption(new Option('--dtype <dtype>', convert.dtype).choices(['fp16', 'fp32'] as const))
    .option('--optimizer', convert.optimizer)
    .option('--force', convert.force)
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${convert.after}`)
    .action(async (input, output, { layout, dtype, optimizer, force, json }) => {
      if (optimizer && layout !== 'cn_clip') throw new UsageError(convert.onlyCnClip);
      const reading = progressBar(texts().model.reading);
      const { path } = await resolveModel(input, { signal, onProgress: reading.onProgress }).finally(() =>
        reading.end(),
      );
      const bar = progressBar(convert.writing);
      const options = { dtype: dtype && DTYPES[dtype], force, signal, onProgress: bar.onProgress };
      const { from } = await (optimizer
        ? writeReferenceCheckpoint(path, output, options)
        : convertModel(path, output, { layout, ...options })
      ).finally(() => bar.end());
      const { bytes, tensors, dtypes } = await inspectModel(output);
      if (json) return print(JSON.stringify({ input, output, from, layout, bytes, tensors, dtypes }));
      say(convert.wrote(output, layout, from, (bytes / 1e6).toFixed(1)));
    });
}
