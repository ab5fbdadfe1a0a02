/** Sizes and times as people write them. */

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** `2`, `2.5`, `3MB`, `512KiB`; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  const [, digits, unit] = /^(-?\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[unit?.toUpperCase() ?? '?'];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** The milliseconds from `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const TIME = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2}):(\d{2})(?::(\d{2}))?)?)?)?$/;

/**
 * The year, month, day, minute or second that `2024`, `2024-05`, `2024-05-01`, `2024-05-01T08:30` or `…:15` names, in
 * this machine's zone or, with `utc`, in UTC; undefined for anything else.
 */
export function spanOf(text: string, utc: boolean): Span | undefined {
  const parts = TIME.exec(text)
    ?.slice(1)
    .filter((part) => part !== undefined)
    .map(Number);
  if (parts === undefined || parts.length === 4) return undefined;
  const begin = (values: readonly number[]) => {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = values;
    return utc
      ? Date.UTC(year, month - 1, day, hour, minute, second)
      : new Date(year, month - 1, day, hour, minute, second).getTime();
  };
  if (!isReal(parts)) return undefined;
  return { from: begin(parts), to: begin(parts.with(-1, parts.at(-1)! + 1)) };
}

/** Whether a day is in the calendar: none that JavaScript would carry over into the next month. */
function isReal([
  year = 0,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  );
}
