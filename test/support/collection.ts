/** A collection of some shipped pictures, in a temporary folder, with the shipped model: anew for each test. */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Clip, loadClip } from '../../src/clip/index.ts';
import {
  type Collection,
  type OpenCollectionOptions,
  openCollection,
  type SearchOptions,
  type SyncOptions,
  type SyncReport,
} from '../../src/search/index.ts';
import { ROOT } from './package.ts';

export const PICTURES = join(ROOT, 'examples/pictures');

export interface TestCollection {
  clip: Clip;
  base: string;
  /** Holds 画/西瓜.png, 自行车.png, 小提琴.png and 雪山.png. */
  photos: string;
  collection: Collection;
  open(options?: OpenCollectionOptions): Promise<Collection>;
  /** The same collection, opened anew. */
  reopen(options?: OpenCollectionOptions): Promise<void>;
  sync(options?: SyncOptions): Promise<SyncReport>;
  at(...names: string[]): string;
  /** The paths below the photos that words find. */
  find(words: string, options?: SearchOptions): Promise<string[]>;
}

export function testCollection(): TestCollection {
  const made: TestCollection = {
    clip: undefined as never,
    base: '',
    photos: '',
    collection: undefined as never,
    open: (options = {}) =>
      openCollection({ folder: join(made.base, 'store'), clip: made.clip, create: true, ...options }),
    async reopen(options) {
      await made.collection.close();
      made.collection = await made.open(options);
    },
    sync: (options = {}) => made.collection.sync([made.photos], { decoders: 1, ...options }),
    at: (...names) => join(made.photos, ...names),
    async find(words, options) {
      const { results } = await made.collection.search({ text: words }, options);
      return results.map(({ path }) => path.slice(made.photos.length + 1));
    },
  };
  beforeAll(async () => {
    made.clip = await loadClip('mini', { threads: 1 });
  });
  afterAll(() => made.clip.close());
  beforeEach(async () => {
    made.base = await mkdtemp(join(tmpdir(), 'tuwen-collection-'));
    made.photos = join(made.base, '照片');
    await mkdir(join(made.photos, '画'), { recursive: true });
    for (const name of ['西瓜.png', '自行车.png', '小提琴.png', '雪山.png'])
      await copyFile(join(PICTURES, name), join(made.photos, '画', name));
    made.collection = await made.open();
  });
  afterEach(async () => {
    await made.collection.close();
    await rm(made.base, { recursive: true, force: true });
  });
  return made;
}

export const counts = ({ failed, ...rest }: SyncReport) => ({ ...rest, failed: failed.length });
