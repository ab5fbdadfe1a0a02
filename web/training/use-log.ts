/** The log of the run, read on as it grows. */
import { useEffect, useState } from 'react';
import type { StepEvent, ValidationEvent } from '../../src/train/index.ts';

export type LoggedStep = StepEvent & { readonly kind: 'step' };
export type LoggedValidation = ValidationEvent & { readonly kind: 'validation' };
type Logged = LoggedStep | LoggedValidation;

export interface Log {
  /** In the order of the run: a step that was made again after a stop stands once. */
  readonly steps: readonly LoggedStep[];
  readonly validations: readonly LoggedValidation[];
  /** Whether the run still answers. */
  readonly isLive: boolean;
}

const PAUSE = 1000;

export function useLog(): Log {
  const [log, setLog] = useState<Log>({ steps: [], validations: [], isLive: true });
  useEffect(() => {
    const abort = new AbortController();
    void follow(abort.signal, setLog);
    return () => abort.abort();
  }, []);
  return log;
}

async function follow(signal: AbortSignal, setLog: (log: Log) => void): Promise<void> {
  const steps = new Map<string, LoggedStep>();
  const validations = new Map<string, LoggedValidation>();
  const tell = (isLive: boolean) =>
    setLog({ steps: ordered(steps), validations: ordered(validations), isLive });
  let from = 0;
  while (!signal.aborted) {
    try {
      const response = await fetch(`/api/log?from=${from}`, { signal });
      const { events, next } = (await response.json()) as { events: Logged[]; next: number };
      for (const event of events) {
        if (event.kind === 'step') steps.set(`${event.stage}:${event.step}`, event);
        else validations.set(`${event.stage}:${event.step}`, event);
      }
      tell(true);
      const isBehind = next > from && events.length > 0;
      from = next;
      if (isBehind) continue;
    } catch {
      if (signal.aborted) return;
      tell(false);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function ordered<T extends { readonly stage: number; readonly step: number }>(events: Map<string, T>): T[] {
  return [...events.values()].sort((a, b) => a.stage - b.stage || a.step - b.step);
}
