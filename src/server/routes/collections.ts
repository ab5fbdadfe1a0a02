import { z } from 'zod';
import type { Shown } from '../collections/collections.ts';
import { eventStream } from '../collections/event-stream.ts';
import { collection, hit } from './items.ts';
import { readRoute, workRoute } from './route.ts';

/** The most groups of duplicates that are sent. */
const GROUPS = 200;

async function described({ collection: shown, syncing }: Shown): Promise<z.input<typeof collection>> {
  const { folders, ...info } = await shown.info();
  return { ...info, folders: [...folders], syncing: syncing.isRunning };
}

export const collectionsRoute = readRoute({
  path: '/v1/collections',
  summary: 'The collections that are shown',
  response: z.object({ data: z.array(collection) }),
  async answer({ service }) {
    const { collections } = service.model(undefined);
    const opened = await Promise.allSettled((await collections.names()).map(collections.open));
    const shown = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    return Response.json({ data: await Promise.all(shown.map(described)) });
  },
});

export const collectionRoute = readRoute({
  path: '/v1/collections/:name',
  summary: 'One collection',
  response: collection,
  async answer({ service, parameters }) {
    return Response.json(await described(await service.model(undefined).collections.open(parameters.name)));
  },
});

export const duplicatesRoute = readRoute({
  path: '/v1/collections/:name/duplicates',
  summary: `Pictures that are alike: files with the same content or, with ?minScore=, near ones; at most ${GROUPS} groups`,
  response: z.object({ groups: z.array(z.array(hit)) }),
  parameters: {
    minScore: z.coerce.number().min(-1).max(1).optional(),
    where: z.string().max(10_000).optional(),
  },
  async answer({ service, parameters, query, signal }) {
    const { collection: shown } = await service.model(undefined).collections.open(parameters.name);
    const { minScore, where } = query as { minScore?: number; where?: string };
    const options = {
      signal,
      ...(minScore !== undefined && { minScore }),
      ...(where !== undefined && { where }),
    };
    const groups = [];
    for await (const group of shown.duplicates(options)) {
      groups.push(group);
      if (groups.length === GROUPS) break;
    }
    return Response.json({ groups });
  },
});

/** Only the folders the collection has: none is taken from a request. */
export const syncRoute = workRoute({
  path: '/v1/collections/:name/sync',
  summary: 'Bring a collection in step with its folders; /events tells how far it is',
  request: z.object({}),
  response: z.object({ status: z.literal('running') }),
  example: {},
  status: 202,
  async answer(_, { model, parameters }) {
    const { syncing } = await model.collections.open(parameters.name);
    syncing.start();
    return { status: 'running' as const };
  },
});

export const eventsRoute = readRoute({
  path: '/v1/collections/:name/events',
  summary: 'Server-sent events of a sync: idle, progress, failure, done, error',
  response: 'text/event-stream',
  async answer({ service, parameters }) {
    const { syncing } = await service.model(undefined).collections.open(parameters.name);
    return eventStream(syncing, service.stopping);
  },
});
