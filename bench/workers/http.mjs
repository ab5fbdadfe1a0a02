// The server as its users have it, from `dist`: `node http.mjs <model folder> <threads> <batches: on or off>`. Prints its
// address when the model is loaded, and ends when its standard input does.
import { loadClip } from '../../dist/index.js';
import { startServer } from '../../dist/server/index.js';

const [folder, threads, batches] = process.argv.slice(2);
const clip = await loadClip(folder, { threads: Number(threads) });
const batching = batches === 'off' ? { texts: 1, pictures: 1, wait: 0 } : {};
const server = await startServer({ clip, port: 0, batching, collections: [] });
await server.ready;
console.log(server.address);
for await (const _ of process.stdin);
await server.close();
await clip.close();
