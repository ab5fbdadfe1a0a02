import { type FormEvent, useState } from 'react';
import { keepKey, keptKey } from '../api/key.ts';
import { useTexts } from '../state/preferences.tsx';
import { Dialog } from './dialog.tsx';

/** Asks for the key the server wants; `onKey` is called when one is kept. */
export function KeyDialog({ onKey }: { onKey: () => void }) {
  const { key: words } = useTexts();
  const [typed, setTyped] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keepKey(typed.trim());
    onKey();
  };
  return (
    <Dialog className="key" label={words.title}>
      <form onSubmit={submit}>
        <h2>{words.title}</h2>
        <p>{words.about}</p>
        {keptKey() !== undefined && (
          <p className="error" role="alert">
            {words.refused}
          </p>
        )}
        <label>
          <span>{words.label}</span>
          <input
            type="password"
            autoComplete="current-password"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <button type="submit" className="primary" disabled={typed.trim() === ''}>
          {words.submit}
        </button>
      </form>
    </Dialog>
  );
}
