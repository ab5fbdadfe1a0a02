import type { OnProgress, Progress } from '../base/index.ts';
import { bar, shortened } from './terminal.ts';
import { texts } from './texts/index.ts';

/** Jobs shorter than this show no progress. */
const DELAY = 500;
/** How often a line is printed where there is no terminal. */
const INTERVAL = 10_000;
const BAR_CELLS = 20;
const CLEAR_LINE = '\r\x1b[K';

export interface ProgressBar {
  readonly onProgress: OnProgress;
  /** Writes a line above the bar. */
  say(line: string): void;
  /** Removes the bar. */
  end(): void;
}

/** Shows how far a job is, on standard error: one line redrawn in a terminal, else a plain line now and then. */
export function progressBar(label: string, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  const terminal = stream.isTTY === true;
  const clear = () => terminal && shown && stream.write(CLEAR_LINE);
  let next = performance.now() + (terminal ? DELAY : INTERVAL);
  let shown = false;
  return {
    onProgress(progress) {
      const now = performance.now();
      if (now < next) return;
      const line = `${label} ${progressLine(progress)}`;
      if (terminal) stream.write(CLEAR_LINE + shortened(line, (stream.columns || 80) - 1));
      else stream.write(`${line}\n`);
      shown = true;
      next = terminal ? now : now + INTERVAL;
    },
    say(line) {
      clear();
      stream.write(`${line}\n`);
    },
    end() {
      clear();
      shown = false;
    },
  };
}

/** `█████ 45%  9/20  3.1/s  3 s left`, or without an end `9  3.1/s`. */
export function progressLine({ unit, done, total, rate, secondsLeft }: Progress): string {
  const amount = unit === 'byte' ? megabytes : String;
  const speed =
    unit === 'byte' ? `${megabytes(rate)}/s` : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`;
  if (total === undefined) return `${amount(done)}  ${speed}`;
  const share = total === 0 ? 1 : done / total;
  const left = secondsLeft === undefined ? [] : [texts().progress.timeLeft(clock(secondsLeft))];
  return [
    bar(share, BAR_CELLS),
    `${Math.floor(share * 100)}%`,
    `${amount(done)}/${amount(total)}`,
    speed,
    ...left,
  ].join('  ');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
