import type { ReactNode } from 'react';
import { type Hit, thumbnailPlace } from '../api/routes.ts';
import { go } from '../state/address.ts';
import { keepPicture, readPicture } from '../state/pictures.ts';
import { fileName } from './format.ts';
import { Viewer } from './viewer.tsx';

interface ViewerState {
  readonly collection: string;
  readonly hits: readonly Hit[];
  readonly chosen: number | undefined;
  readonly setChosen: (index: number | undefined) => void;
  readonly onSimilar: (hit: Hit) => void;
}

/** The large view of the picture that is chosen among `hits`, or nothing. */
export function useViewer({ collection, hits, chosen, setChosen, onSimilar }: ViewerState): ReactNode {
  if (chosen === undefined || hits[chosen] === undefined) return undefined;
  return (
    <Viewer
      collection={collection}
      hits={hits}
      index={chosen}
      onMove={setChosen}
      onClose={() => setChosen(undefined)}
      onSimilar={(hit) => {
        setChosen(undefined);
        onSimilar(hit);
      }}
      onNames={async (hit) => {
        const place = thumbnailPlace(collection, hit, 1024);
        const picture = await readPicture(await (await fetch(place)).blob(), fileName(hit.path));
        go({ view: 'names', picture: keepPicture(picture) });
      }}
    />
  );
}
