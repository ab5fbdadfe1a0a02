#!/usr/bin/env node
import { setLanguage } from '../base/index.ts';
import { explain } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { languageOf } from './options.ts';
import { commandIn, createProgram } from './program.ts';

const args = process.argv.slice(2);
setLanguage(languageOf(args));

// A reader that has seen enough, such as head, ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const { signal, exitCode } = onInterrupt();
const program = createProgram(signal);
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (!signal.aborted) process.exitCode = explain(error, commandIn(program, args));
}
// Whatever still runs then has no one to wait for it. A server that was told to end, and did, has not failed.
if (signal.aborted) process.exit(process.exitCode ?? exitCode());
