import type { EngineModel, Feeds, Results, SessionOptions } from './session.ts';

/** What the engine's worker is started with. */
export interface WorkerSetup {
  readonly models: Readonly<Record<string, EngineModel>>;
  readonly options: SessionOptions;
}

/** To the worker. */
export type Request = { id: number; model: string; feeds: Feeds } | { id: number; close: true };

/** From the worker: `ready` once, then an answer for every request. */
export type Reply =
  | { ready: true }
  | { failed: string }
  | { id: number; results: Results }
  | { id: number; reason: string };
