import { usePreferences } from '../state/preferences.tsx';
import type { Sync } from '../state/use-sync.ts';
import { count, duration } from './format.ts';
import { ErrorNotice } from './notice.tsx';

/** How far the server is with taking pictures in, and how it ended. */
export function SyncPanel({ sync }: { sync: Sync }) {
  const { texts } = usePreferences();
  const { progress, report, failures, error, dismiss } = sync;
  if (!progress && !report && !error) return null;
  const { added = 0, updated = 0, removed = 0 } = report ?? {};
  return (
    <section className="sync">
      {progress && <Running sync={sync} />}
      {report && <p role="status">{texts.sync.done(added, updated, removed)}</p>}
      {error && <ErrorNotice error={error} />}
      {failures.length > 0 && (
        <details>
          <summary>{texts.sync.failed(failures.length)}</summary>
          <ul>
            {failures.map(({ path, code }) => (
              <li key={path}>
                {path} <code>{code}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {!progress && (
        <button type="button" onClick={dismiss}>
          {texts.dismiss}
        </button>
      )}
    </section>
  );
}

function Running({ sync: { progress } }: { sync: Sync }) {
  const { texts, language } = usePreferences();
  const { unit, done, total, rate, secondsLeft } = progress!;
  const labels: Readonly<Record<string, string>> = { file: texts.sync.looking, vector: texts.sync.arranging };
  const label = labels[unit] ?? texts.sync.taking;
  const known = total === undefined ? {} : { value: done, max: Math.max(total, 1) };
  const facts = [
    total === undefined ? count(done, language) : `${count(done, language)} / ${count(total, language)}`,
    rate > 0 && texts.sync.rate(count(Math.round(rate * 10) / 10, language)),
    secondsLeft !== undefined && texts.sync.left(duration(secondsLeft)),
  ].filter(Boolean);
  return (
    <p className="running">
      <span>{label}</span>
      <progress {...known} aria-label={label} />
      <span>{facts.join(' · ')}</span>
    </p>
  );
}
