/** What the routes work with: the model and what stands around it. */
import { setMaxListeners } from 'node:events';
import { basename } from 'node:path';
import { TuwenError } from '../base/index.ts';
import { type Clip, type Embeddings, rememberedClassVectors } from '../clip/index.ts';
import { type Collections, type CollectionsOptions, createCollections } from './collections/collections.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { Batching, Limits } from './options.ts';
import { createEmbedder, type Embedder } from './work/embedder.ts';
import type { PictureSettings } from './work/pictures.ts';

/** A model that is loaded, with what makes vectors of it for many callers. */
export interface Served {
  /** The name callers know it by. */
  readonly name: string;
  readonly clip: Clip;
  readonly embedder: Embedder;
  /** Class vectors for zero-shot labels; sets asked for lately are remembered. */
  readonly classVectors: (labels: readonly string[], templates: readonly string[]) => Promise<Embeddings>;
  /** The collections that are shown. */
  readonly collections: Collections;
  /** When it was loaded, in seconds since 1970. */
  readonly since: number;
}

export interface ServiceOptions extends PictureSettings {
  readonly clip: Clip | Promise<Clip>;
  readonly aliases: readonly string[];
  readonly batching: Batching;
  readonly collections: CollectionsOptions;
}

export interface Service {
  readonly limits: Limits;
  readonly metrics: Metrics;
  /** Settled when the model is loaded or has failed to. */
  readonly loading: Promise<void>;
  /** The model, if it is loaded. */
  readonly served: Served | undefined;
  /** Aborts when the server takes no new work. */
  readonly stopping: AbortSignal;
  /** Takes no new work from now on. */
  stop(): void;
  /** Ends what goes on by itself, once the last request is answered. */
  close(): Promise<void>;
  /** The names under which the model is known. */
  readonly names: readonly string[];
  /** The model a request asks for. Throws TUWEN_MODEL_LOADING, TUWEN_MODEL_NOT_SERVED. */
  model(name: string | undefined): Served;
}

/** Names that mean whatever is served; the second is infinity's. */
const ANY = ['default', 'default/not-specified'];

export function createService(options: ServiceOptions): Service {
  const metrics = createMetrics();
  let served: Served | undefined;
  const stopping = new AbortController();
  // Every stream of events listens.
  setMaxListeners(0, stopping.signal);
  metrics.watchLoaded(() => served !== undefined);
  const loading = Promise.resolve(options.clip).then((clip) => {
    served = serve(clip, { ...options, metrics });
  });
  const names = () => (served ? [served.name, ...options.aliases] : []);
  return {
    limits: options.limits,
    metrics,
    loading,
    get served() {
      return served;
    },
    stopping: stopping.signal,
    stop: () => stopping.abort(),
    async close() {
      await served?.collections.close();
    },
    get names() {
      return names();
    },
    model(name) {
      if (served === undefined) throw new TuwenError('TUWEN_MODEL_LOADING', {});
      if (name === undefined || ANY.includes(name) || names().includes(name)) return served;
      throw new TuwenError('TUWEN_MODEL_NOT_SERVED', { model: name, served: names() });
    },
  };
}

function serve(clip: Clip, options: ServiceOptions & { metrics: Metrics }): Served {
  const embedder = createEmbedder(clip, options);
  return {
    // A model loaded from a folder is called by the folder's own name: where it lies concerns nobody else.
    name: basename(clip.info.name),
    clip,
    embedder,
    collections: createCollections(embedder.shared, options.collections),
    classVectors: rememberedClassVectors((texts) => embedder.embedTexts(texts)),
    since: Math.floor(Date.now() / 1000),
  };
}
