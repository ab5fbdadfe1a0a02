/** Structured logs: one line of JSON an event. */

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = Readonly<
  Record<LogLevel, (event: string, fields?: Readonly<Record<string, unknown>>) => void>
>;

/** Writes events of `level` and graver ones. */
export function createLog(write: (line: string) => void, level: LogLevel): Log {
  const most = LOG_LEVELS.indexOf(level);
  const at = (name: LogLevel, place: number) =>
    place > most
      ? () => {}
      : (event: string, fields = {}) =>
          write(JSON.stringify({ time: new Date().toISOString(), level: name, event, ...fields }));
  return Object.fromEntries(LOG_LEVELS.map((name, place) => [name, at(name, place)])) as Log;
}
