import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import type { Served, Service } from '../service.ts';
import { readRoute } from './route.ts';

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.literal('tuwen'),
  dimensions: z.int(),
  context_length: z.int(),
  image_size: z.int(),
  logit_scale: z.number(),
  parameters: z.int(),
  precision: z.string(),
  device: z.string(),
});

const list = z.object({ object: z.literal('list'), data: z.array(model) });

export const modelsRoute = readRoute({
  path: '/v1/models',
  summary: 'The model that is served, under each of its names',
  response: list,
  answer({ service }) {
    service.model(undefined);
    const data = service.names.map((name) => describe(name, service.served!));
    return Response.json({ object: 'list', data } satisfies z.input<typeof list>);
  },
});

export const modelRoute = readRoute({
  path: '/v1/models/:model',
  summary: 'One model',
  response: model,
  answer: ({ service, parameters }) => Response.json(named(service, parameters.model!)),
});

function named(service: Service, name: string): z.input<typeof model> {
  const served = service.model(undefined);
  if (!service.names.includes(name)) {
    throw new TuwenError('TUWEN_MODEL_NOT_SERVED', { model: name, served: service.names });
  }
  return describe(name, served);
}

function describe(id: string, { clip: { info }, since }: Served): z.input<typeof model> {
  return {
    id,
    object: 'model',
    created: since,
    owned_by: 'tuwen',
    dimensions: info.dim,
    context_length: info.contextLength,
    image_size: info.imageSize,
    logit_scale: info.logitScale,
    parameters: info.parameters,
    precision: info.precision,
    device: info.device,
  };
}
