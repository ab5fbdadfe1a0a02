/** The page of a training run: where it is, its curves, and what some texts find by now. */
import { PreferenceButtons } from '../components/preference-buttons.tsx';
import { Chart, type Line } from './chart.tsx';
import { Samples } from './samples.tsx';
import { type Log, type LoggedStep, useLog } from './use-log.ts';
import { useTrainingTexts } from './use-texts.ts';

export function TrainingPage() {
  const log = useLog();
  const texts = useTrainingTexts();
  const last = log.steps.at(-1);
  const found = log.validations.at(-1);
  return (
    <>
      <Header />
      <main>
        <h1>{texts.title}</h1>
        {!log.isLive && <p role="status">{texts.lost}</p>}
        {last ? <Place last={last} /> : <p role="status">{texts.waiting}</p>}
        <Charts {...log} />
        {found && <Samples validation={found} />}
      </main>
    </>
  );
}

function Header() {
  return (
    <header>
      <span className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        Tuwen <span lang="zh-CN">图文</span>
      </span>
      <div className="tools">
        <PreferenceButtons />
      </div>
    </header>
  );
}

function Place({ last }: { last: LoggedStep }) {
  const texts = useTrainingTexts();
  const { stage, step, steps, epoch, secondsLeft } = last;
  return (
    <p className="place">
      <progress aria-label={texts.progress} value={step + 1} max={steps} />
      <span>
        {stage > 0 && `${texts.stage(stage + 1)}: `}
        {texts.step(step + 1, steps, epoch + 1)}
        {secondsLeft > 0 && ` · ${texts.left(clock(secondsLeft))}`}
      </span>
    </p>
  );
}

function Charts({ steps, validations }: Log) {
  const texts = useTrainingTexts();
  const places = placesOf(steps);
  const over = <T extends { stage: number; step: number }>(
    name: string,
    events: readonly T[],
    of: (event: T) => number | undefined,
  ): Line => ({
    name,
    points: events.flatMap((event) => {
      const y = of(event);
      return y === undefined ? [] : [{ x: places(event.stage, event.step), y }];
    }),
  });
  const percent = (value: number) => value.toFixed(1);
  const few = (value: number) => value.toPrecision(3);
  return (
    <div className="charts">
      <Chart
        title={texts.loss}
        lines={[
          over(texts.training, steps, ({ loss }) => loss),
          over(texts.validation, validations, ({ loss }) => loss),
        ]}
        format={few}
      />
      <Chart
        title={texts.recall}
        lines={[
          over(texts.byTexts, validations, ({ textRecall }) => textRecall.mr),
          over(texts.byPictures, validations, ({ imageRecall }) => imageRecall.mr),
        ]}
        format={percent}
      />
      <Chart
        title={texts.accuracy}
        lines={[
          over(texts.imageToText, steps, ({ imageToText }) => 100 * imageToText),
          over(texts.textToImage, steps, ({ textToImage }) => 100 * textToImage),
        ]}
        format={percent}
      />
      <Chart
        title={texts.rate}
        lines={[over(texts.rate, steps, ({ learningRate }) => learningRate)]}
        format={(value) => value.toExponential(1)}
      />
      <Chart
        title={texts.scale}
        lines={[over(texts.scale, steps, ({ logitScale }) => logitScale)]}
        format={few}
      />
      <Chart
        title={texts.speed}
        lines={[over(texts.speed, steps, ({ pairsPerSecond }) => pairsPerSecond)]}
        format={few}
      />
      <Chart
        title={texts.memory}
        lines={[over(texts.memory, steps, ({ memory }) => memory / 1e9)]}
        format={few}
      />
    </div>
  );
}

/** Where a step of a stage stands among all steps. */
function placesOf(steps: readonly LoggedStep[]): (stage: number, step: number) => number {
  const lengths = new Map(steps.map(({ stage, steps: length }) => [stage, length]));
  return (stage, step) => {
    let before = 0;
    for (let i = 0; i < stage; i++) before += lengths.get(i) ?? 0;
    return before + step;
  };
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
