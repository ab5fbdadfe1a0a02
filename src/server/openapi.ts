/** The OpenAPI description of the routes, from their own schemas. */
import { z } from 'zod';
import type { ReadRoute, Route, WorkRoute } from './routes/route.ts';

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'], description: 'The field of the request that is wrong.' },
        code: { type: 'string' },
        remedy: { type: 'string', description: 'What to do next.' },
      },
    },
  },
};

/** OpenAPI 3.1, whose schemas are JSON Schema. */
export function openapi(routes: readonly Route[], version: string) {
  const paths = Object.fromEntries(
    routes.map((route) => [
      route.path.replace(/:(\w+)/g, '{$1}'),
      route.kind === 'work' ? { post: work(route) } : { get: read(route) },
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tuwen',
      version,
      description: 'Chinese image–text understanding: vectors, match probabilities, zero-shot labels.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
  };
}

const KEYED = [{}, { key: [] }];

function work({ summary, request, response, example, path, status = 200 }: WorkRoute) {
  const parameters = pathParameters(path);
  return {
    operationId: operationOf(path),
    summary,
    security: KEYED,
    ...(parameters.length > 0 && { parameters }),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(request, 'input'), example } },
    },
    responses: responses({ 'application/json': { schema: schemaOf(response, 'output') } }, status),
  };
}

function read({ summary, response, path, isOpen, parameters: asked = {} }: ReadRoute) {
  const content =
    typeof response === 'string'
      ? { [response]: { schema: { type: 'string' } } }
      : { 'application/json': { schema: schemaOf(response, 'output') } };
  const parameters = [
    ...pathParameters(path),
    ...Object.entries(asked).map(([name, schema]) => ({
      name,
      in: 'query',
      schema: schemaOf(schema, 'output'),
    })),
  ];
  return {
    operationId: operationOf(path),
    summary,
    ...(!isOpen && { security: KEYED }),
    ...(parameters.length > 0 && { parameters }),
    responses: responses(content),
  };
}

function pathParameters(path: string) {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function responses(content: object, status = 200) {
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    [status]: { description: 'Done.', content },
    default: { description: 'An error.', content: error },
  };
}

function operationOf(path: string): string {
  return path
    .replace(/^\/(v1\/)?/, '')
    .replace(/\W+/g, '_')
    .replace(/_$/, '');
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
