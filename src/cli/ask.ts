import { createInterface } from 'node:readline/promises';

/** The line that someone at a terminal types after a question; undefined where they end their input instead. */
export async function ask(
  question: string,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Left to the terminal, Ctrl-C stays a signal.
  const terminal = createInterface({ input: process.stdin, output, terminal: false });
  const closed = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([terminal.question(question, { signal }), closed]);
  } finally {
    terminal.close();
  }
}
