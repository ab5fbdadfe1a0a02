import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { GivenPicture } from '../state/pictures.ts';
import { useTexts } from '../state/preferences.tsx';
import { Icon } from './icon.tsx';
import { PicturePicker } from './picture-picker.tsx';

interface QueryBarProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly onPicture: (picture: GivenPicture) => void;
}

/** Where words are typed and a picture is chosen. `/` leads here from anywhere. */
export function QueryBar({ words, onWords, onPicture }: QueryBarProps) {
  const texts = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(words);
  useEffect(() => setTyped(words), [words]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select');
      if (event.key !== '/' || isTyping || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      input.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onWords(typed.trim());
  };
  return (
    <search>
      <form className="query" onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          name="q"
          value={typed}
          aria-label={texts.search.label}
          placeholder={texts.search.placeholder}
          autoComplete="off"
          enterKeyHint="search"
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <PicturePicker className="quiet" label={texts.search.byPicture} onPicture={onPicture}>
          <Icon name="picture" />
        </PicturePicker>
        <button type="submit" className="primary">
          {texts.search.submit}
        </button>
      </form>
    </search>
  );
}
