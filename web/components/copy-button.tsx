import { useEffect, useState } from 'react';
import { useTexts } from '../state/preferences.tsx';

const SHOWN = 2000;

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const texts = useTexts();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button type="button" onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      <span aria-live="polite">{isCopied ? texts.copied : (label ?? texts.copy)}</span>
    </button>
  );
}
