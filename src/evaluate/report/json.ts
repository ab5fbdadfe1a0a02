/** A report as JSON, with ids beyond what numbers hold exactly as strings. */
export function reportJson(report: unknown): string {
  return JSON.stringify(
    report,
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    2,
  );
}
