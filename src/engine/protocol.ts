import type { EngineModel, Feeds, Results, SessionOptions } from './session.ts';

/** What the engine's worker is started with. */
export interface WorkerSetup {
  readonly models: Readonly<Record<string, EngineModel>>;
  readonly options: SessionOptions;
}

/** To the worker, one at a time. */
export type Request = { readonly model: string; readonly feeds: Feeds } | { readonly close: true };

/** From the worker: one when the models are loaded, then one for every request. */
export type Reply = { readonly results: Results } | { readonly reason: string };
