/** A training run in a process of its own, which may end itself: `train-child.ts <settings as JSON> [step to die at]`. */
import { isTuwenError } from '../../src/base/index.ts';
import { run } from './training-run.ts';

const [settings, dieAt] = process.argv.slice(2);
try {
  const { made } = await run(JSON.parse(settings!) as object, {
    onStep: ({ step }) => {
      if (String(step) === dieAt) process.kill(process.pid, 'SIGKILL');
    },
  });
  process.stdout.write(`${made}\n`);
} catch (error) {
  if (!isTuwenError(error)) throw error;
  process.stdout.write(`${error.code} ${JSON.stringify(error.value)}\n`);
  process.exitCode = 1;
}
