import { useCallback, useState } from 'react';
import type { Collection, Hit, SearchRequest } from '../api/routes.ts';
import { go, type Place } from '../state/address.ts';
import { filtersOf, whereOf } from '../state/filters.ts';
import { type GivenPicture, keepPicture, pictureOf, useGivenPictures } from '../state/pictures.ts';
import { usePreferences } from '../state/preferences.tsx';
import { type Results, useSearch } from '../state/use-search.ts';
import { Drop } from './drop.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { count } from './format.ts';
import { Grid } from './grid.tsx';
import { ErrorNotice } from './notice.tsx';
import { QueryBar } from './query-bar.tsx';
import { QueryPicture } from './query-picture.tsx';
import { useViewer } from './use-viewer.tsx';
import { Welcome } from './welcome.tsx';

/** What the request of a place is; undefined where nothing is looked for. */
function requestOf(place: Place, collection: string): SearchRequest | undefined {
  const picture = pictureOf(place.picture);
  const query = picture ? { image: picture.url } : place.like ? { id: place.like } : place.words;
  if (query === '') return undefined;
  const filters = filtersOf(place);
  const where = whereOf(filters);
  return {
    collection,
    query,
    ...(where !== undefined && { where }),
    ...(filters.minScore !== '' && { minScore: Number(filters.minScore) }),
  };
}

const searchWords = (words: string) => go({ words, like: '', picture: '' });
const searchPicture = (picture: GivenPicture) => go({ picture: keepPicture(picture), words: '', like: '' });

export function SearchView({ collection, place }: { collection: Collection; place: Place }) {
  const { texts } = usePreferences();
  const request = requestOf(place, collection.name);
  const results = useSearch(request);
  const isOver = useGivenPictures(searchPicture);
  const isPictureLost = place.picture !== '' && pictureOf(place.picture) === undefined;
  const searchLike = useCallback(({ id }: Hit) => {
    go({ like: id, words: '', picture: '' });
    scrollTo({ top: 0 });
  }, []);
  return (
    <>
      <h1 className="unseen">{texts.views.search}</h1>
      <QueryBar words={place.words} onWords={searchWords} onPicture={searchPicture} />
      <QueryPicture collection={collection.name} place={place} />
      {isPictureLost && <p className="notice">{texts.search.pictureLost}</p>}
      {request && <FilterPanel filters={filtersOf(place)} folders={collection.folders} onChange={go} />}
      {request === undefined && !isPictureLost && <Welcome collection={collection} onWords={searchWords} />}
      {request && <Found collection={collection.name} results={results} onSimilar={searchLike} />}
      {isOver && <Drop text={texts.search.drop} />}
    </>
  );
}

interface FoundProps {
  readonly collection: string;
  readonly results: Results;
  readonly onSimilar: (hit: Hit) => void;
}

function Found({ collection, results, onSimilar }: FoundProps) {
  const { texts, language } = usePreferences();
  const { hits, total, isLoading, hasMore, error, more } = results;
  const [chosen, setChosen] = useState<number>();
  const viewer = useViewer({ collection, hits, chosen, setChosen, onSimilar });
  const isNothing = !isLoading && error === undefined && hits.length === 0 && total !== undefined;
  return (
    <>
      <p className="found" role="status">
        {isLoading && hits.length === 0 && texts.loading}
        {hits.length > 0 &&
          total !== undefined &&
          texts.search.found(count(hits.length, language), count(total, language))}
        {isNothing && texts.search.none}
      </p>
      {isNothing && <p className="hint">{texts.search.noneHint}</p>}
      <p id="grid-keys" className="unseen">
        {texts.search.keys}
      </p>
      {hits.length > 0 && (
        <Grid
          collection={collection}
          hits={hits}
          hasMore={hasMore}
          onMore={more}
          onOpen={setChosen}
          onSimilar={onSimilar}
        />
      )}
      {error && <ErrorNotice error={error} retry={more} />}
      {isLoading && hits.length > 0 && <p className="hint">{texts.loading}</p>}
      {!hasMore && !isLoading && hits.length > 0 && <p className="hint end">{texts.search.end}</p>}
      {viewer}
    </>
  );
}
