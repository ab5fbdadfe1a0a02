import type { KeyboardEvent } from 'react';
import { type Hit, originalPlace } from '../api/routes.ts';
import { usePreferences } from '../state/preferences.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import { bytes, fileName, score, time } from './format.ts';
import { Icon } from './icon.tsx';
import { Thumbnail } from './thumbnail.tsx';

interface ViewerProps {
  readonly collection: string;
  readonly hits: readonly Hit[];
  readonly index: number;
  readonly onMove: (index: number) => void;
  readonly onClose: () => void;
  readonly onSimilar: (hit: Hit) => void;
  readonly onNames: (hit: Hit) => void;
}

/** One picture, large, with all that is known of it. */
export function Viewer({ collection, hits, index, onMove, onClose, onSimilar, onNames }: ViewerProps) {
  const { texts } = usePreferences();
  const hit = hits[index]!;
  const name = fileName(hit.path);
  const step = (by: number) => {
    if (hits[index + by] !== undefined) onMove(index + by);
  };
  const move = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowLeft') step(-1);
    if (key === 'ArrowRight') step(1);
  };
  return (
    <Dialog className="viewer" label={name} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys do what the two buttons do */}
      <div className="viewer-inside" onKeyDown={move}>
        <div className="stage">
          <Thumbnail key={hit.id} collection={collection} item={hit} size={1024} alt={name} />
          <button
            type="button"
            className="previous"
            aria-label={texts.picture.previous}
            disabled={index === 0}
            onClick={() => step(-1)}
          >
            <Icon name="left" />
          </button>
          <button
            type="button"
            className="next"
            aria-label={texts.picture.next}
            disabled={index === hits.length - 1}
            onClick={() => step(1)}
          >
            <Icon name="right" />
          </button>
        </div>
        <div className="about">
          <h2>{name}</h2>
          <Facts hit={hit} />
          <p className="actions">
            <button type="button" className="primary" onClick={() => onSimilar(hit)}>
              {texts.picture.similar}
            </button>
            <button type="button" onClick={() => onNames(hit)}>
              {texts.picture.nameIt}
            </button>
            <a className="button" href={originalPlace(collection, hit)} target="_blank" rel="noopener">
              {texts.picture.original}
            </a>
            <CopyButton text={hit.path} label={texts.picture.copyPath} />
          </p>
        </div>
        <button type="button" className="close" aria-label={texts.close} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </div>
    </Dialog>
  );
}

function Facts({ hit }: { hit: Hit }) {
  const { texts, language } = usePreferences();
  const { picture } = texts;
  const facts: [string, string][] = [
    [picture.score, score(hit.score)],
    [picture.size, `${hit.width} × ${hit.height}, ${bytes(hit.size)}`],
    ...(hit.taken ? [[picture.taken, time(hit.taken, language)] as [string, string]] : []),
    [picture.modified, time(hit.modified, language)],
    [picture.path, hit.path],
    ...Object.entries(hit.fields ?? {}).map(([field, value]): [string, string] => [field, String(value)]),
  ];
  return (
    <dl>
      {facts.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
