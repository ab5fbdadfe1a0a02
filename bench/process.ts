import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { buildPath } from './paths.ts';
import type { Answer, Notice, Request } from './protocol.ts';

/** A process that is measured: it answers requests one after another. What it writes to standard error goes to a log. */
export class Measured {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #name: string;

  private constructor(name: string, child: ChildProcess, lines: Interface) {
    this.#name = name;
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts a program; `threads` is how many every library in it may use. */
  static start(name: string, [program, ...args]: readonly string[], threads: number): Measured {
    const log = openSync(buildPath(`${name}.log`), 'a');
    const count = String(threads);
    const child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', log],
      env: { ...process.env, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count },
    });
    return new Measured(name, child, createInterface({ input: child.stdout! }));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async ask<R extends Request>(request: R): Promise<Answer<R>> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return (await this.#next()) as Answer<R>;
  }

  async notice(expected: Notice['notice']): Promise<void> {
    const { notice } = (await this.#next()) as Notice;
    if (notice !== expected) throw new Error(`${this.#name} says ${notice}, not ${expected}`);
  }

  /** Lets the process end. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin!.end();
    await ended;
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} ended early: see ${buildPath(`${this.#name}.log`)}`);
    return JSON.parse(value);
  }
}

/** Runs a program to its end, with its output shown. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...(cwd ? { cwd } : {}) });
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}
