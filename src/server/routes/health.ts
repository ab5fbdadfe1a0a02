import { z } from 'zod';
import { readRoute } from './route.ts';

const health = z.object({
  status: z.enum(['ok', 'loading', 'failing', 'stopping']).meta({
    description: 'failing: the model failed when it ran last; better start the server anew.',
  }),
  model: z.object({ loaded: z.boolean(), name: z.string().optional() }),
});

/** 200 where work can be done, else 503. */
export const healthRoute = readRoute({
  path: '/health',
  summary: 'Whether the model is loaded and works',
  response: health,
  isOpen: true,
  answer({ service }) {
    const { served } = service;
    const status = service.stopping.aborted
      ? 'stopping'
      : served === undefined
        ? 'loading'
        : service.metrics.isFailing
          ? 'failing'
          : 'ok';
    const model = served === undefined ? { loaded: false } : { loaded: true, name: served.name };
    const body: z.input<typeof health> = { status, model };
    return Response.json(body, { status: status === 'ok' ? 200 : 503 });
  },
});
