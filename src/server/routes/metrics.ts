import { readRoute } from './route.ts';

export const metricsRoute = readRoute({
  path: '/metrics',
  summary: "Counters in Prometheus's text format",
  response: 'text/plain',
  answer: ({ service }) =>
    new Response(service.metrics.text(), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    }),
});
