import type { Limits } from '../options.ts';
import { classifyRoute } from './classify.ts';
import { collectionRoute, collectionsRoute, duplicatesRoute, eventsRoute, syncRoute } from './collections.ts';
import { embeddingsRoute } from './embeddings.ts';
import { healthRoute } from './health.ts';
import { matchRoute } from './match.ts';
import { metricsRoute } from './metrics.ts';
import { modelRoute, modelsRoute } from './models.ts';
import { itemRoute, originalRoute, thumbnailRoute } from './pictures.ts';
import { rerankRoute } from './rerank.ts';
import type { Route } from './route.ts';
import { searchRoute } from './search.ts';

export type { ReadRoute, Route, Work, WorkRoute } from './route.ts';

/** Every route of the API, in the order of its documentation. */
export function apiRoutes(limits: Limits): Route[] {
  return [
    embeddingsRoute(limits),
    rerankRoute(limits),
    classifyRoute(limits),
    matchRoute(limits),
    searchRoute(limits),
    collectionsRoute,
    collectionRoute,
    itemRoute,
    thumbnailRoute,
    originalRoute,
    duplicatesRoute,
    syncRoute,
    eventsRoute,
    modelsRoute,
    modelRoute,
    healthRoute,
    metricsRoute,
  ];
}
