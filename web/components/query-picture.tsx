import { useEffect, useState } from 'react';
import { call } from '../api/client.ts';
import { type Item, itemPlace } from '../api/routes.ts';
import { go, type Place } from '../state/address.ts';
import { pictureOf } from '../state/pictures.ts';
import { useTexts } from '../state/preferences.tsx';
import { fileName } from './format.ts';
import { Icon } from './icon.tsx';
import { Thumbnail } from './thumbnail.tsx';

/** The picture whose like is looked for: one given, or one of the collection. */
export function QueryPicture({ collection, place }: { collection: string; place: Place }) {
  const texts = useTexts();
  const given = pictureOf(place.picture);
  const item = useItem(collection, given ? '' : place.like);
  if (given === undefined && item === undefined) return null;
  const name = given?.name ?? fileName(item!.path);
  return (
    <p className="query-picture">
      {given ? <img src={given.url} alt="" /> : <Thumbnail collection={collection} item={item!} size={128} />}
      <span>{texts.search.likePicture(name)}</span>
      <button
        type="button"
        className="quiet"
        aria-label={texts.search.removePicture}
        onClick={() => go({ picture: '', like: '' })}
      >
        <Icon name="cross" />
      </button>
    </p>
  );
}

/** An item by its id; undefined where there is none, or before it is known. */
function useItem(collection: string, id: string): Item | undefined {
  const [item, setItem] = useState<Item>();
  useEffect(() => {
    setItem(undefined);
    if (id === '') return;
    const leaving = new AbortController();
    // The search for its like tells what is wrong.
    call<Item>(itemPlace(collection, id), { signal: leaving.signal }).then(setItem, () => {});
    return () => leaving.abort();
  }, [collection, id]);
  return item;
}
