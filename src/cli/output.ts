import { once } from 'node:events';

/** Prints a line on standard output, waiting where the reader is slow. */
export async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** Writes a line for people, on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
