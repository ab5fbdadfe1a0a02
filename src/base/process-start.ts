import { readFile } from 'node:fs/promises';

/**
 * When a running process began, in ticks since the machine started; undefined where it has ended or the system does
 * not tell (outside Linux). Source: proc(5), field 22 of /proc/[pid]/stat.
 */
export async function aliveSince(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name of the program, in brackets, may hold spaces and brackets itself.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
