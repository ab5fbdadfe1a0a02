/** What a server is started with. */
import type { Clip } from '../clip/index.ts';
import type { LogLevel } from './http/log.ts';

/** Bounds on what callers may ask for. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** The longest body of a request. */
  readonly bodyBytes: number;
  /** How much of bodies may be in memory at a time. */
  readonly openBytes: number;
  /** The most texts of a request; also of labels times templates. */
  readonly texts: number;
  /** The most pictures of a request. */
  readonly pictures: number;
  /** How many texts and pictures, of all callers, may wait or be under way. */
  readonly openTexts: number;
  readonly openPictures: number;
  /** The longest text, in characters. */
  readonly textLength: number;
  /** The largest picture, in pixels. */
  readonly pixels: number;
  /** The longest picture file that is fetched, and how long that may take. */
  readonly fetchBytes: number;
  readonly fetchTime: number;
  /** How long a request may take in all. */
  readonly deadline: number;
}

export const LIMITS: Limits = {
  bodyBytes: 32 * 2 ** 20,
  openBytes: 512 * 2 ** 20,
  texts: 2048,
  pictures: 128,
  openTexts: 8192,
  openPictures: 512,
  textLength: 100_000,
  pixels: 50_000_000,
  fetchBytes: 16 * 2 ** 20,
  fetchTime: 10_000,
  deadline: 60_000,
};

/** How work of many callers is gathered. */
export interface Batching {
  /** The most pictures and texts that go through the model at once. */
  readonly pictures: number;
  readonly texts: number;
  /** How long the first of a batch waits for others while the model is idle, in milliseconds. */
  readonly wait: number;
}

export const BATCHING: Batching = { pictures: 8, texts: 32, wait: 2 };

export interface ServerOptions {
  /** The model, or one that is still loading: until then `/health` and work are answered with 503. */
  readonly clip: Clip | Promise<Clip>;
  /** Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /** Default: 8787; 0 takes any free port. */
  readonly port?: number;
  /** Where set, every route but `/health` and the pages wants it. */
  readonly apiKey?: string;
  /** More names under which callers may ask for the model. */
  readonly aliases?: readonly string[];
  /** An origin whose pages in browsers may use the API, or `*`. Default: none but the server's own. */
  readonly cors?: string;
  /** Fetch pictures whose address is sent, from the public network only. Default: false. */
  readonly allowImageUrls?: boolean;
  /** The collections that are shown, the first where a request names none. Default: all that this machine knows. */
  readonly collections?: readonly string[];
  /** Where they are kept: `embedded` (default) or `milvus://host:port`. */
  readonly store?: string;
  readonly limits?: Partial<Limits>;
  readonly batching?: Partial<Batching>;
  /** Takes lines of JSON. Default: nothing is logged. */
  readonly log?: (line: string) => void;
  /** Default: `info`. */
  readonly logLevel?: LogLevel;
}
