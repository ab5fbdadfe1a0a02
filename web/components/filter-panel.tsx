import { useEffect, useState } from 'react';
import { countOf, type Filters, NO_FILTERS } from '../state/filters.ts';
import { useTexts } from '../state/preferences.tsx';
import { Icon } from './icon.tsx';

interface FilterPanelProps {
  readonly filters: Filters;
  readonly folders: readonly string[];
  readonly onChange: (filters: Partial<Filters>) => void;
}

export function FilterPanel({ filters, folders, onChange }: FilterPanelProps) {
  const texts = useTexts();
  const { filters: words } = texts;
  const count = countOf(filters);
  return (
    <details className="filters" open={count > 0}>
      <summary>
        <Icon name="filter" />
        {words.title}
        {count > 0 && <span className="count">{count}</span>}
      </summary>
      <div className="fields">
        {folders.length > 0 && (
          <label>
            <span>{words.folder}</span>
            <select
              value={filters.folder}
              onChange={({ currentTarget }) => onChange({ folder: currentTarget.value })}
            >
              <option value="">{words.anyFolder}</option>
              {folders.map((folder) => (
                <option key={folder}>{folder}</option>
              ))}
            </select>
          </label>
        )}
        <Field label={words.name} value={filters.name} onChange={(name) => onChange({ name })} />
        <Field label={words.from} type="date" value={filters.from} onChange={(from) => onChange({ from })} />
        <Field
          label={words.until}
          type="date"
          value={filters.until}
          onChange={(until) => onChange({ until })}
        />
        <Field
          label={words.minScore}
          type="number"
          value={filters.minScore}
          onChange={(minScore) => onChange({ minScore })}
        />
        <Field
          label={words.where}
          value={filters.where}
          placeholder={words.whereHint}
          onChange={(where) => onChange({ where })}
        />
        {count > 0 && (
          <button type="button" onClick={() => onChange(NO_FILTERS)}>
            {words.clear}
          </button>
        )}
      </div>
    </details>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'text' | 'date' | 'number';
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
}

/** Tells of its value when the user has finished it: with Enter, or by leaving it. */
function Field({ label, value, type = 'text', placeholder, onChange }: FieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const finish = () => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  const cosine = type === 'number' && { min: -1, max: 1, step: 0.01 };
  return (
    <label>
      <span>{label}</span>
      <input
        type={type}
        value={typed}
        placeholder={placeholder}
        {...cosine}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={finish}
        onKeyDown={({ key }) => {
          if (key === 'Enter') finish();
        }}
      />
    </label>
  );
}
