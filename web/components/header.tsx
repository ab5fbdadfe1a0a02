import type { MouseEvent } from 'react';
import type { Collection } from '../api/routes.ts';
import { addressOf, go, NOWHERE, type Place, VIEWS, type View } from '../state/address.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Sync } from '../state/use-sync.ts';
import { Icon } from './icon.tsx';
import { PreferenceButtons } from './preference-buttons.tsx';

interface HeaderProps {
  readonly place: Place;
  readonly collections: readonly Collection[];
  readonly collection: Collection | undefined;
  readonly sync: Sync;
}

export function Header({ place, collections, collection, sync }: HeaderProps) {
  const { texts } = usePreferences();
  return (
    <header>
      <a className="brand" href="/" onClick={(event) => follow(event, NOWHERE)}>
        <img src="/icon.svg" alt="" width="28" height="28" />
        Tuwen <span lang="zh-CN">图文</span>
      </a>
      <nav>
        {VIEWS.map((view) => (
          <ViewLink key={view} view={view} place={place} />
        ))}
      </nav>
      <div className="tools">
        {collections.length > 1 && (
          <select
            aria-label={texts.collection}
            value={collection?.name}
            onChange={({ currentTarget }) => go({ ...NOWHERE, collection: currentTarget.value })}
          >
            {collections.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        {collection && <span className="size">{texts.pictures(collection.count)}</span>}
        {collection && collection.folders.length > 0 && (
          <button
            type="button"
            className="quiet"
            aria-label={texts.sync.start}
            title={texts.sync.start}
            disabled={sync.progress !== undefined}
            onClick={sync.start}
          >
            <Icon name="sync" />
          </button>
        )}
        <PreferenceButtons />
      </div>
    </header>
  );
}

/** A link to a view, which keeps the collection and what is looked for. */
function ViewLink({ view, place }: { view: View; place: Place }) {
  const { texts } = usePreferences();
  const there = { ...place, view };
  return (
    <a
      href={addressOf(there)}
      aria-current={place.view === view ? 'page' : undefined}
      onClick={(event) => follow(event, there)}
    >
      {texts.views[view]}
    </a>
  );
}

/** Goes there within the page, unless the user wants another tab. */
function follow(event: MouseEvent, place: Place): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(place);
}
