import { useCallback, useEffect, useState } from 'react';
import { type Collection, duplicates, type Hit } from '../api/routes.ts';
import { go } from '../state/address.ts';
import { useTexts } from '../state/preferences.tsx';
import { fileName, score } from './format.ts';
import { ErrorNotice } from './notice.tsx';
import { Thumbnail } from './thumbnail.tsx';
import { useViewer } from './use-viewer.tsx';

const USUAL = 0.98;
const LEAST = 0.8;

type Group = readonly Hit[];

/** Groups of pictures that are the same, or nearly. */
export function DuplicatesView({ collection }: { collection: Collection }) {
  const texts = useTexts();
  const words = texts.duplicates;
  const [isNear, setNear] = useState(false);
  const [minScore, setMinScore] = useState(USUAL);
  const { groups, error, isLoading, find } = useGroups(collection.name, isNear ? minScore : undefined);
  const [open, setOpen] = useState<{ group: Group; index: number }>();
  const viewer = useViewer({
    collection: collection.name,
    hits: open?.group ?? [],
    chosen: open?.index,
    setChosen: (index) => setOpen(open && index !== undefined ? { group: open.group, index } : undefined),
    onSimilar: ({ id }) => go({ view: 'search', like: id, words: '', picture: '' }),
  });
  return (
    <>
      <h1>{texts.views.duplicates}</h1>
      <p className="hint">{words.about}</p>
      <div className="controls">
        <label>
          <input type="radio" name="kind" checked={!isNear} onChange={() => setNear(false)} />
          {words.same}
        </label>
        <label>
          <input type="radio" name="kind" checked={isNear} onChange={() => setNear(true)} />
          {words.near}
        </label>
        {isNear && (
          <label>
            {words.minScore}
            <input
              type="range"
              min={LEAST}
              max={1}
              step={0.005}
              value={minScore}
              onChange={({ currentTarget }) => setMinScore(Number(currentTarget.value))}
            />
            <output>{score(minScore)}</output>
          </label>
        )}
        <button type="button" className="primary" onClick={find} disabled={isLoading}>
          {words.find}
        </button>
      </div>
      <p className="found" role="status">
        {isLoading && texts.loading}
        {groups && (groups.length === 0 ? words.none : words.groups(groups.length))}
      </p>
      {error && <ErrorNotice error={error} retry={find} />}
      {groups?.map((group) => (
        <Alike
          key={group[0]!.id}
          collection={collection.name}
          group={group}
          onOpen={(index) => setOpen({ group, index })}
        />
      ))}
      {viewer}
    </>
  );
}

interface AlikeProps {
  readonly collection: string;
  readonly group: Group;
  readonly onOpen: (index: number) => void;
}

function Alike({ collection, group, onOpen }: AlikeProps) {
  const texts = useTexts();
  return (
    <section className="alike">
      <h2>{texts.duplicates.group(group.length)}</h2>
      <ul>
        {group.map((hit, index) => (
          <li key={hit.id} className="card">
            <button
              type="button"
              className="open"
              aria-label={texts.picture.open(fileName(hit.path))}
              onClick={() => onOpen(index)}
            >
              <Thumbnail collection={collection} item={hit} size={256} />
            </button>
            <p className="caption">
              <span className="name" title={hit.path}>
                {fileName(hit.path)}
              </span>
              <span className="score">{index === 0 ? texts.duplicates.oldest : score(hit.score)}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Groups {
  readonly groups?: readonly Group[];
  readonly error?: Error;
  readonly isLoading?: boolean;
}

/** Groups are looked for when the user asks: in a large collection it takes a while. */
function useGroups(collection: string, minScore: number | undefined): Groups & { find: () => void } {
  const [state, setState] = useState<Groups>({});
  const [leaving, setLeaving] = useState<AbortController>();
  useEffect(() => () => leaving?.abort(), [leaving]);
  const find = useCallback(() => {
    const asking = new AbortController();
    setLeaving(asking);
    setState({ isLoading: true });
    duplicates(collection, minScore, asking.signal).then(
      (groups) => setState({ groups }),
      (error: Error) => {
        if (!asking.signal.aborted) setState({ error });
      },
    );
  }, [collection, minScore]);
  return { ...state, find };
}
