/** The thread that serves the page, so that it answers while training keeps the main thread busy. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '@hono/node-server';
import { openDataSet } from '../../data/index.ts';
import { pagesOf } from '../../server/index.ts';
import { trainingPage } from './application.ts';
import type { PageTask } from './open.ts';

const { folder, port, pages, data } = workerData as PageTask;
const pictures = data && (await openDataSet(data.path, { split: data.split }));
const app = trainingPage({ folder, pages: pagesOf(pages), ...(pictures ? { pictures } : {}) });
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, ({ port: own }) => {
  parentPort!.postMessage(`http://127.0.0.1:${own}`);
});
server.on('error', (error) => {
  throw error;
});
