/** An event as a line of JSON; ids beyond the exact numbers as text. */
export function jsonLine(event: object): string {
  return JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
