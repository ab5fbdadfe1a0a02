import { Command } from '@commander-js/extra-typings';
import { openTemporaryFile } from '../../../base/index.ts';
import {
  type Direction,
  directionOf,
  type OfficialResult,
  readAnswers,
  scorePredictions,
  turned,
} from '../../../evaluate/index.ts';
import { EXIT } from '../../failure.ts';
import { jsonOption, langOption } from '../../options.ts';
import { print, say } from '../../output.ts';
import { texts } from '../../texts/index.ts';

/** How many lines that were passed over are named. */
const SHOWN = 10;

export function predictionsCommand() {
  const { evaluate } = texts();
  return new Command('predictions')
    .description(evaluate.predictions)
    .argument('<answers>', evaluate.answersFile)
    .argument('<predictions>', evaluate.predictionsFile)
    .option('-o, --output <file>', evaluate.scoreFile)
    .option('--i2t', evaluate.i2t)
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${evaluate.afterPredictions}`)
    .action(async (answersFile, predictionsFile, { output, i2t, json }) => {
      const stored = await directionOf(answersFile);
      const direction: Direction = i2t ? 'i2t' : stored;
      const answers = await readAnswers(answersFile, stored);
      const asked = direction === stored ? answers : turned(answers);
      const result = await scorePredictions(asked, predictionsFile, direction);
      if (output !== undefined) {
        await using file = await openTemporaryFile(output);
        await file.append(result.output);
        await file.commit();
      }
      await tell(result, predictionsFile, json ?? false);
      if (result.refusal) process.exitCode = EXIT.failed;
    });
}

async function tell({ output, recall, refusal, notices }: OfficialResult, path: string, json: boolean) {
  const { evaluate } = texts();
  for (const { line, kind, id } of notices.slice(0, SHOWN)) {
    say(evaluate.notice[kind](path, line, String(id)));
  }
  if (notices.length > SHOWN) say(evaluate.moreNotices(notices.length - SHOWN));
  if (refusal) say(evaluate.refused(path, refusal.line, refusal.message));
  if (json) await print(output);
  else if (recall) {
    const { r1, r5, r10, mr } = recall;
    const figures = Object.entries({ 'R@1': r1, 'R@5': r5, 'R@10': r10, MR: mr });
    await print(figures.map(([name, value]) => `${name} ${value.toFixed(2)}`).join('  '));
  }
}
