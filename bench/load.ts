/** What else kept the processors busy while a process was measured: a neighbour makes figures worthless. Linux only. */
import { readFile } from 'node:fs/promises';

/** Processor seconds used up to a moment. */
interface Reading {
  readonly at: number;
  /** By everybody, time stolen by other virtual machines included. */
  readonly everybody: number;
  readonly process: number;
}

const TICKS_PER_SECOND = 100;

async function read(pid: number): Promise<Reading | undefined> {
  try {
    const [machine, process] = await Promise.all([
      readFile('/proc/stat', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const [user, nice, system, , , irq, softirq, steal] = machine
      .split('\n')[0]!
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const fields = process
      .slice(process.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [userTime, systemTime] = [fields[11]!, fields[12]!];
    return {
      at: performance.now() / 1000,
      everybody: (user! + nice! + system! + irq! + softirq! + steal!) / TICKS_PER_SECOND,
      process: (userTime + systemTime) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}

/** A result, and the load of everybody but process `pid` meanwhile, in processors (0.12: 12 % of one). */
export interface Watched<T> {
  readonly result: T;
  /** Undefined where the system does not tell. */
  readonly foreign: number | undefined;
}

export async function watched<T>(pid: number, action: () => Promise<T>): Promise<Watched<T>> {
  const before = await read(pid);
  const result = await action();
  const after = await read(pid);
  if (!before || !after) return { result, foreign: undefined };
  const used = after.everybody - before.everybody - (after.process - before.process);
  return { result, foreign: Math.max(0, used / (after.at - before.at)) };
}

/** The largest memory a living process has had, in bytes: VmHWM. */
export async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
