/** The store on a Milvus server, held to what every store must do. */
import { afterAll, beforeAll } from 'vitest';
import { openMilvus } from '../../src/search/stores/milvus/store.ts';
import { conformance } from '../support/store-conformance.ts';
import { type RunningServer, startMilvusLite } from './support/milvus.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startMilvusLite();
}, 240_000);
afterAll(() => server?.stop());

conformance('Milvus', async () => ({
  open: async () => (await openMilvus(server.address, '图库-1', true))!,
  lasting: true,
}));
