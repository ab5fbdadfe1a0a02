/** What the server counts about itself. */
import { createRegistry } from './registry.ts';

export type Kind = 'text' | 'picture';

export interface Metrics {
  /** Counts a request when it begins; the function returned counts how it ended. */
  request(): (route: string, method: string, status: number, seconds: number) => void;
  /** Wraps what runs a batch: counts batches, their sizes and times, and remembers whether the last one failed. */
  batches<T, R>(kind: Kind, run: (batch: readonly T[]) => Promise<R>): (batch: readonly T[]) => Promise<R>;
  /** Says how many items of a kind are under way. */
  watchOpen(kind: Kind, read: () => number): void;
  watchLoaded(read: () => boolean): void;
  /** Whether the model failed when it ran last. */
  readonly isFailing: boolean;
  text(): string;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SIZES = [1, 2, 4, 8, 16, 32, 64];

export function createMetrics(): Metrics {
  const registry = createRegistry();
  const requests = registry.counter(
    'tuwen_http_requests_total',
    'Requests answered, or left by their callers (499).',
  );
  const durations = registry.histogram(
    'tuwen_http_request_seconds',
    'From the headers of a request to its answer.',
    SECONDS,
  );
  const open = registry.gauge('tuwen_http_requests_open', 'Requests under way.');
  const items = registry.counter('tuwen_items_total', 'Texts and pictures that went through the model.');
  const failures = registry.counter('tuwen_batch_failures_total', 'Batches on which the model failed.');
  const sizes = registry.histogram('tuwen_batch_items', 'Texts or pictures of a batch.', SIZES);
  const times = registry.histogram(
    'tuwen_batch_seconds',
    'Time of a batch in the model, waiting for the other kind included.',
    SECONDS,
  );
  const openItems = registry.gauge('tuwen_items_open', 'Texts and pictures that wait or are under way.');
  const loaded = registry.gauge('tuwen_model_loaded', '1 once the model is loaded.');
  const memory = registry.gauge('process_resident_memory_bytes', 'Resident memory.');
  const processor = registry.gauge(
    'process_cpu_seconds_total',
    'Processor time, of user and system.',
    'counter',
  );
  const started = registry.gauge(
    'process_start_time_seconds',
    'When the process began, in seconds since 1970.',
  );
  let openRequests = 0;
  let isFailing = false;
  open(() => openRequests);
  memory(() => process.memoryUsage.rss());
  processor(() => (process.cpuUsage().user + process.cpuUsage().system) / 1e6);
  started(() => Date.now() / 1000 - process.uptime());

  return {
    request() {
      openRequests += 1;
      return (route, method, status, seconds) => {
        openRequests -= 1;
        requests({ route, method, status: String(status) });
        durations(seconds, { route });
      };
    },
    batches: (kind, run) => async (batch) => {
      const since = performance.now();
      try {
        const results = await run(batch);
        isFailing = false;
        items({ kind }, batch.length);
        return results;
      } catch (error) {
        isFailing = true;
        failures({ kind });
        throw error;
      } finally {
        sizes(batch.length, { kind });
        times((performance.now() - since) / 1000, { kind });
      }
    },
    watchOpen: (kind, read) => openItems(read, { kind }),
    watchLoaded: (read) => loaded(() => Number(read())),
    get isFailing() {
      return isFailing;
    },
    text: () => registry.text(),
  };
}
