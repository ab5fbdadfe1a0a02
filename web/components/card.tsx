import type { Hit } from '../api/routes.ts';
import { useTexts } from '../state/preferences.tsx';
import { fileName, score } from './format.ts';
import { Icon } from './icon.tsx';
import { Thumbnail } from './thumbnail.tsx';

interface CardProps {
  readonly collection: string;
  readonly hit: Hit;
  /** Whether the tab key reaches it. */
  readonly isReached: boolean;
  readonly onOpen: () => void;
  readonly onSimilar: () => void;
}

/** A picture that was found, with its score. */
export function Card({ collection, hit, isReached, onOpen, onSimilar }: CardProps) {
  const texts = useTexts();
  const name = fileName(hit.path);
  const tabIndex = isReached ? 0 : -1;
  return (
    <>
      <button
        type="button"
        className="open"
        tabIndex={tabIndex}
        aria-label={`${texts.picture.open(name)}, ${texts.picture.score} ${score(hit.score)}`}
        onClick={onOpen}
      >
        <Thumbnail collection={collection} item={hit} size={512} />
      </button>
      <p className="caption">
        <span className="name" title={hit.path}>
          {name}
        </span>
        <span className="score" title={texts.search.score}>
          {score(hit.score)}
        </span>
      </p>
      <button
        type="button"
        className="similar"
        tabIndex={tabIndex}
        aria-label={texts.picture.similarTo(name)}
        title={texts.picture.similar}
        onClick={onSimilar}
      >
        <Icon name="similar" />
      </button>
    </>
  );
}
