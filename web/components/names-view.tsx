import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { classify, type Prediction } from '../api/routes.ts';
import { go, type Place } from '../state/address.ts';
import { type GivenPicture, keepPicture, pictureOf, useGivenPictures } from '../state/pictures.ts';
import { useTexts } from '../state/preferences.tsx';
import { Drop } from './drop.tsx';
import { percent } from './format.ts';
import { Icon } from './icon.tsx';
import { ErrorNotice } from './notice.tsx';
import { PicturePicker } from './picture-picker.tsx';

const take = (picture: GivenPicture) => go({ picture: keepPicture(picture) });

/** Names as they are typed: one a line, or with commas of either script between them; none twice. */
function namesIn(text: string): string[] {
  const names = text.split(/[\n,，、;；]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}

/** Which of some names fits a picture: zero-shot labels. */
export function NamesView({ place }: { place: Place }) {
  const texts = useTexts();
  const words = texts.names;
  const picture = pictureOf(place.picture);
  const [text, setText] = useState('猫\n狗\n风景\n美食\n人物');
  const { predictions, error, isLoading, ask } = usePredictions(picture);
  const isOver = useGivenPictures(take);
  const names = namesIn(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(names);
  };
  return (
    <>
      <h1>{texts.views.names}</h1>
      <p className="hint">{words.about}</p>
      <form className="names" onSubmit={submit}>
        <div className="given">
          <PicturePicker className="choose" onPicture={take}>
            {picture ? <img src={picture.url} alt={picture.name} /> : <Icon name="picture" />}
            <span>{picture ? words.chooseOther : words.choose}</span>
            <small>{words.chooseHint}</small>
          </PicturePicker>
        </div>
        <label className="labels">
          <span>{words.labels}</span>
          <textarea
            lang="zh-CN"
            rows={8}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <button type="submit" className="primary" disabled={!picture || names.length === 0 || isLoading}>
            {words.submit}
          </button>
        </label>
        <div className="predictions" aria-live="polite">
          <h2>{words.result}</h2>
          {isLoading && <p className="hint">{texts.loading}</p>}
          {error && <ErrorNotice error={error} />}
          {predictions ? <Bars predictions={predictions} /> : <p className="hint">{words.empty}</p>}
        </div>
      </form>
      {isOver && <Drop text={words.choose} />}
    </>
  );
}

function Bars({ predictions }: { predictions: readonly Prediction[] }) {
  return (
    <ol className="bars">
      {predictions.map(({ label, score }) => (
        <li key={label}>
          <span className="name">{label}</span>
          <span className="bar" aria-hidden="true">
            <span style={{ width: percent(score) }} />
          </span>
          <span className="score">{percent(score)}</span>
        </li>
      ))}
    </ol>
  );
}

interface Predictions {
  readonly predictions?: readonly Prediction[];
  readonly error?: Error;
  readonly isLoading?: boolean;
}

function usePredictions(picture: GivenPicture | undefined) {
  const [state, setState] = useState<Predictions>({});
  const [leaving, setLeaving] = useState<AbortController>();
  useEffect(() => () => leaving?.abort(), [leaving]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said of another picture goes
  useEffect(() => {
    setLeaving(undefined);
    setState({});
  }, [picture]);
  const ask = useCallback(
    (names: readonly string[]) => {
      if (picture === undefined) return;
      const asking = new AbortController();
      setLeaving(asking);
      setState({ isLoading: true });
      classify(picture.url, names, asking.signal).then(
        (predictions) => {
          if (!asking.signal.aborted) setState({ predictions });
        },
        (error: Error) => {
          if (!asking.signal.aborted) setState({ error });
        },
      );
    },
    [picture],
  );
  return { ...state, ask };
}
