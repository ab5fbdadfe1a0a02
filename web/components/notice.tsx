import { ApiError, UNREACHABLE } from '../api/client.ts';
import { useTexts } from '../state/preferences.tsx';

/** What went wrong, and what to do, in the server's words. */
export function ErrorNotice({ error, retry }: { error: Error; retry?: () => void }) {
  const texts = useTexts();
  const told = error instanceof ApiError ? error : undefined;
  const isUnreachable = told?.code === UNREACHABLE;
  const remedy = isUnreachable ? texts.unreachableRemedy : told?.remedy;
  return (
    <div className="notice error" role="alert">
      <p className="message">{isUnreachable ? texts.unreachable : error.message}</p>
      {remedy && <p className="remedy">{remedy}</p>}
      {told && !isUnreachable && <p className="code">{told.code}</p>}
      {retry && (
        <button type="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}
