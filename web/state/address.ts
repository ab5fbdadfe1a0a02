/** Where the page is: its view, query and filters, kept in the address so that the browser's own buttons work. */
import { useSyncExternalStore } from 'react';

export const VIEWS = ['search', 'duplicates', 'names'] as const;
export type View = (typeof VIEWS)[number];

export interface Place {
  readonly view: View;
  /** The collection that was chosen; empty: the first. */
  readonly collection: string;
  readonly words: string;
  /** The id of an item whose like is looked for. */
  readonly like: string;
  /** The number of a picture that was given to this page; see `pictures.ts`. */
  readonly picture: string;
  readonly folder: string;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly minScore: string;
  readonly where: string;
}

export const NOWHERE: Place = {
  view: 'search',
  collection: '',
  words: '',
  like: '',
  picture: '',
  folder: '',
  name: '',
  from: '',
  until: '',
  minScore: '',
  where: '',
};

/** What the address calls the words of a query, as everyone does. */
const WORDS = 'q';

export function placeOf(search: string): Place {
  const given = new URLSearchParams(search);
  const entries = Object.keys(NOWHERE).map((name) => [
    name,
    given.get(name === 'words' ? WORDS : name) ?? '',
  ]);
  const place = Object.fromEntries(entries) as Place;
  return { ...place, view: VIEWS.find((view) => view === place.view) ?? 'search' };
}

/** The part of an address that leads to a place; what is empty or usual is left out. */
export function addressOf(place: Place): string {
  const said = Object.entries(place)
    .filter(([name, value]) => value !== NOWHERE[name as keyof Place])
    .map(([name, value]) => [name === 'words' ? WORDS : name, value]);
  const query = new URLSearchParams(said).toString();
  return query === '' ? '/' : `/?${query}`;
}

const MOVED = 'tuwen:moved';

export function go(change: Partial<Place>): void {
  const address = addressOf({ ...placeOf(location.search), ...change });
  if (address === location.pathname + location.search) return;
  history.pushState(null, '', address);
  dispatchEvent(new Event(MOVED));
}

function listen(changed: () => void): () => void {
  addEventListener('popstate', changed);
  addEventListener(MOVED, changed);
  return () => {
    removeEventListener('popstate', changed);
    removeEventListener(MOVED, changed);
  };
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(listen, () => location.search));
}
