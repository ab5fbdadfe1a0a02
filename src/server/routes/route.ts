/** A route is a record: what it takes and gives as schemas, and what it does. Validation, types and OpenAPI come from it. */
import type { z } from 'zod';
import type { Served, Service } from '../service.ts';

/** What a request of work is answered with the help of. */
export interface Work {
  readonly id: string;
  readonly service: Service;
  readonly model: Served;
  /** The parts of the path that vary, by their names. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Work for the model: JSON in, JSON out. */
export interface WorkRoute {
  readonly kind: 'work';
  readonly path: string;
  readonly summary: string;
  readonly request: z.ZodObject;
  readonly response: z.ZodType;
  /** An example of a request, for the documentation. */
  readonly example: unknown;
  /** Of the answer. Default: 200. */
  readonly status?: number;
  answer(body: unknown, work: Work): Promise<unknown>;
}

/** What only reads. */
export interface ReadRoute {
  readonly kind: 'read';
  /** With `:name` for the parts that vary. */
  readonly path: string;
  readonly summary: string;
  /** The schema of the answer where it is JSON, else its media type. */
  readonly response: z.ZodType | string;
  /** What may stand behind the question mark. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  /** Needs no key. */
  readonly isOpen?: boolean;
  answer(request: ReadRequest): Response | Promise<Response>;
}

export interface ReadRequest {
  readonly service: Service;
  /** The parts of the path that vary, by their names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What stands behind the question mark, checked. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly request: Request;
  readonly signal: AbortSignal;
}

export type Route = WorkRoute | ReadRoute;

/** A route of work, with the types of its schemas. */
export function workRoute<I extends z.ZodObject, O extends z.ZodType>(
  route: Omit<WorkRoute, 'kind' | 'request' | 'response' | 'answer' | 'example'> & {
    request: I;
    response: O;
    example: z.input<I>;
    answer(body: z.output<I>, work: Work): Promise<z.input<O>>;
  },
): WorkRoute {
  return { kind: 'work', ...route } as WorkRoute;
}

export function readRoute(route: Omit<ReadRoute, 'kind'>): ReadRoute {
  return { kind: 'read', ...route };
}
