/** What a training run tells, as lines for people. */
import type { DryRun, Notice, StepEvent, ValidationEvent } from '../../train/index.ts';
import { clock } from '../progress-bar.ts';
import { texts } from '../texts/index.ts';

/** From here on a floor under the loss is worth a word. */
const FLOOR = 0.001;
const SHOWN_PROBLEMS = 20;

export function stepLine(event: StepEvent, stages: number): string {
  const { train } = texts();
  const floor = event.lossFloor > FLOOR ? event.lossFloor.toFixed(3) : undefined;
  return [
    ...(stages > 1 ? [train.stage(event.stage + 1)] : []),
    train.step(event.step + 1, event.steps, event.epoch + 1),
    train.loss(event.loss.toFixed(4), floor),
    train.accuracy(percent(event.imageToText), percent(event.textToImage)),
    train.rate(event.learningRate.toExponential(2), (event.logitScale ?? 0).toFixed(3)),
    train.speed(event.pairsPerSecond.toFixed(1), gigabytes(event.memory), clock(event.secondsLeft)),
    ...(event.broken > 0 ? [train.broken(event.broken)] : []),
  ].join(' | ');
}

export function validationLine({ step, loss, textRecall, imageRecall, best }: ValidationEvent): string {
  const recall = ({ r1, r5, r10 }: ValidationEvent['textRecall']) =>
    [r1, r5, r10].map((r) => r.toFixed(1)).join('/');
  return texts().train.validation(step, loss.toFixed(4), recall(textRecall), recall(imageRecall), best);
}

export function noticeLine(notice: Notice): string {
  const { train } = texts();
  switch (notice.kind) {
    case 'going-on':
      return train.goingOn(notice.path, notice.stage + 1, notice.step);
    case 'not-whole':
      return train.notWhole(notice.path);
    case 'changed':
      return train.changed(notice.names.join(', '));
    case 'broken':
      return train.leftOut(notice.error.message);
    case 'stopped-early':
      return train.stoppedEarly(notice.step);
  }
}

export function planLines({ stages, problems, problemCount }: DryRun): string[] {
  const { train } = texts();
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ kind, path, line, about }) => {
    return `${path}${line === undefined ? '' : `:${line}`}  ${train.problems[kind]} ${about}`;
  });
  const more = problemCount - shown.length;
  return [
    ...stages.flatMap(({ pairs, batch, steps, epochs, learningRate, memory }, i) => [
      train.plan(i + 1, pairs, batch, steps, epochs),
      train.peak(learningRate.toExponential(2), gigabytes(memory)),
    ]),
    ...shown,
    ...(more > 0 ? [train.moreProblems(more)] : []),
    problemCount === 0 ? train.allGood : train.problemCount(problemCount),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
