import { useState } from 'react';
import { type Item, type ThumbnailSize, thumbnailPlace } from '../api/routes.ts';
import { useTexts } from '../state/preferences.tsx';

interface ThumbnailProps {
  readonly collection: string;
  readonly item: Item;
  readonly size: ThumbnailSize;
  /** What it shows, where nothing beside it says so. */
  readonly alt?: string;
}

/** A small picture from the server; the file may have gone since it was indexed. */
export function Thumbnail({ collection, item, size, alt = '' }: ThumbnailProps) {
  const texts = useTexts();
  const [isMissing, setMissing] = useState(false);
  if (isMissing) return <span className="missing">{texts.picture.missing}</span>;
  return (
    <img
      src={thumbnailPlace(collection, item, size)}
      alt={alt}
      width={item.width}
      height={item.height}
      loading="lazy"
      decoding="async"
      onError={() => setMissing(true)}
    />
  );
}
