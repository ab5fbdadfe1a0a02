import type { Collection } from '../api/routes.ts';
import { usePreferences } from '../state/preferences.tsx';
import { CopyButton } from './copy-button.tsx';

/** Words to begin with, in Chinese in both languages: that is what the model reads. */
const EXAMPLES = ['过年', '一盘饺子', '雪山', '拉小提琴', '夏天的水果', '雪地里的狗'];

export function Welcome({
  collection,
  onWords,
}: {
  collection: Collection;
  onWords: (words: string) => void;
}) {
  const { texts } = usePreferences();
  const { search } = texts;
  if (collection.count === 0) return <NoPictures model={collection.model?.name} />;
  return (
    <section className="welcome">
      <h2>{search.welcome}</h2>
      <p>{search.hint}</p>
      <ul className="examples" aria-label={search.examples}>
        {EXAMPLES.map((words) => (
          <li key={words}>
            <button type="button" lang="zh-CN" onClick={() => onWords(words)}>
              {words}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where a collection is missing or empty: what to type. */
export function NoPictures({ model, onReload }: { model?: string | undefined; onReload?: () => void }) {
  const { texts } = usePreferences();
  const { empty } = texts;
  const command = model === undefined ? empty.command : empty.withModel(model);
  return (
    <section className="welcome empty">
      <h2>{empty.title}</h2>
      <p>{empty.how}</p>
      <p className="command">
        <code>{command}</code>
        <CopyButton text={command} />
      </p>
      <p>{empty.after}</p>
      {onReload && (
        <button type="button" className="primary" onClick={onReload}>
          {empty.reload}
        </button>
      )}
    </section>
  );
}
