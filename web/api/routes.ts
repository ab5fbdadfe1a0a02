/** The server's routes that the page uses. Shapes are those of the rooms they come from. */
import type { Hit, Item } from '../../src/search/index.ts';
import { call } from './client.ts';

export type { Hit, Item };

export interface Collection {
  readonly name: string;
  readonly count: number;
  readonly folders: readonly string[];
  readonly model?: { readonly name: string };
  readonly syncing: boolean;
}

export interface Query {
  readonly text?: string;
  /** As a `data:` URL. */
  readonly image?: string;
  /** An item of the collection. */
  readonly id?: string;
}

export interface SearchRequest {
  readonly collection: string;
  /** One line of words, or a picture, or an item. */
  readonly query: string | Query;
  readonly where?: string;
  readonly minScore?: number;
}

export interface SearchPage {
  readonly results: readonly Hit[];
  readonly total: number;
}

export interface Prediction {
  readonly label: string;
  readonly score: number;
}

interface Health {
  readonly status: 'ok' | 'loading' | 'failing' | 'stopping';
}

/** Whether the model is loaded, so that work can be done. */
export async function isReady(signal: AbortSignal): Promise<boolean> {
  const response = await fetch('/health', { signal });
  return ((await response.json()) as Health).status !== 'loading';
}

export async function collections(signal: AbortSignal): Promise<readonly Collection[]> {
  return (await call<{ data: readonly Collection[] }>('/v1/collections', { signal })).data;
}

export function search(
  request: SearchRequest,
  page: { readonly offset: number; readonly top: number },
  signal: AbortSignal,
): Promise<SearchPage> {
  return call('/v1/search', { body: { ...request, ...page }, signal });
}

export async function duplicates(
  collection: string,
  minScore: number | undefined,
  signal: AbortSignal,
): Promise<readonly (readonly Hit[])[]> {
  const query = minScore === undefined ? '' : `?minScore=${minScore}`;
  const path = `${placeOf(collection)}/duplicates${query}`;
  return (await call<{ groups: readonly (readonly Hit[])[] }>(path, { signal })).groups;
}

/** Probabilities of names for a picture, best first. */
export async function classify(
  image: string,
  labels: readonly string[],
  signal: AbortSignal,
): Promise<readonly Prediction[]> {
  const body = { input: [{ image }], labels };
  const { data } = await call<{ data: readonly { predictions: readonly Prediction[] }[] }>('/v1/classify', {
    body,
    signal,
  });
  return data[0]!.predictions;
}

export const startSync = (collection: string) => call(`${placeOf(collection)}/sync`, { body: {} });

export const eventsPlace = (collection: string) => `${placeOf(collection)}/events`;

/** Sizes of thumbnails the server makes; others are made the next larger one. */
export type ThumbnailSize = 128 | 256 | 512 | 1024;

export const itemPlace = (collection: string, id: string) =>
  `${placeOf(collection)}/items/${encodeURIComponent(id)}`;

export const thumbnailPlace = (collection: string, { id }: Item, size: ThumbnailSize) =>
  `${itemPlace(collection, id)}/thumbnail?size=${size}`;

export const originalPlace = (collection: string, { id }: Item) => `${itemPlace(collection, id)}/original`;

const placeOf = (collection: string) => `/v1/collections/${encodeURIComponent(collection)}`;
