import { useEffect, useState } from 'react';
import { ApiError, onKeyRefused } from './api/client.ts';
import { DuplicatesView } from './components/duplicates-view.tsx';
import { Header } from './components/header.tsx';
import { KeyDialog } from './components/key-dialog.tsx';
import { NamesView } from './components/names-view.tsx';
import { ErrorNotice } from './components/notice.tsx';
import { SearchView } from './components/search-view.tsx';
import { SyncPanel } from './components/sync-panel.tsx';
import { NoPictures } from './components/welcome.tsx';
import { usePlace } from './state/address.ts';
import { useTexts } from './state/preferences.tsx';
import { type Collections, useCollections } from './state/use-collections.ts';
import { useSync } from './state/use-sync.ts';

const KEY_REFUSED = 401;

/** The page, and the key it may need: with another one everything begins anew. */
export function App() {
  const [isKeyWanted, setKeyWanted] = useState(false);
  const [keys, setKeys] = useState(0);
  useEffect(() => onKeyRefused(() => setKeyWanted(true)), []);
  const begin = () => {
    setKeyWanted(false);
    setKeys((before) => before + 1);
  };
  return (
    <>
      <Page key={keys} />
      {isKeyWanted && <KeyDialog onKey={begin} />}
    </>
  );
}

function Page() {
  const texts = useTexts();
  const place = usePlace();
  const collections = useCollections();
  const { list = [], reload } = collections;
  const collection = list.find(({ name }) => name === place.collection) ?? list[0];
  const sync = useSync(collection?.name, reload);
  return (
    <>
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <Header place={place} collections={list} collection={collection} sync={sync} />
      <main id="main" tabIndex={-1}>
        <SyncPanel sync={sync} />
        {place.view === 'names' && <NamesView place={place} />}
        {place.view === 'search' && collection && <SearchView collection={collection} place={place} />}
        {place.view === 'duplicates' && collection && <DuplicatesView collection={collection} />}
        {place.view !== 'names' && !collection && <Waiting collections={collections} />}
      </main>
    </>
  );
}

/** Instead of a view that needs a collection, while there is none. */
function Waiting({ collections: { list, isModelLoading, error, reload } }: { collections: Collections }) {
  const texts = useTexts();
  // The dialog asks for the key.
  if (error instanceof ApiError && error.status === KEY_REFUSED) return null;
  if (error) return <ErrorNotice error={error} retry={reload} />;
  if (list !== undefined) return <NoPictures onReload={reload} />;
  return (
    <p className="hint" role="status">
      {isModelLoading ? texts.modelLoading : texts.loading}
    </p>
  );
}
