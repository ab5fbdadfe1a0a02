import { expect, test } from 'vitest';
import { createRegistry } from './registry.ts';

// The expected page follows the examples of Prometheus's description of its text format.
test("the page is in Prometheus's text format", () => {
  const registry = createRegistry();
  const requests = registry.counter('http_requests_total', 'The total number of HTTP requests.');
  const durations = registry.histogram('http_request_seconds', 'Durations.', [0.05, 0.1, 1]);
  const gauge = registry.gauge('open', 'Open.');
  requests({ method: 'post', code: '200' });
  requests({ method: 'post', code: '200' }, 1026);
  requests({ path: 'C:\\DIR\\"x"\n' });
  for (const value of [0.01, 0.05, 0.07, 0.5, 3]) durations(value);
  let open = 2;
  gauge(() => open);
  open = 3;
  expect(registry.text()).toBe(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027
http_requests_total{path="C:\\\\DIR\\\\\\"x\\"\\n"} 1
# HELP http_request_seconds Durations.
# TYPE http_request_seconds histogram
http_request_seconds_bucket{le="0.05"} 2
http_request_seconds_bucket{le="0.1"} 3
http_request_seconds_bucket{le="1"} 4
http_request_seconds_bucket{le="+Inf"} 5
http_request_seconds_sum 3.63
http_request_seconds_count 5
# HELP open Open.
# TYPE open gauge
open 3
`);
});
