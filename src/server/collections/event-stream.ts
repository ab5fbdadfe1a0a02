/** Server-sent events, as HTML's standard has them. */

/** How often a comment is sent while nothing happens, so that nobody between takes the connection for dead. */
const QUIET_TIME = 15_000;

export interface EventSource<E> {
  /** Calls back with events until what it returns is called. */
  listen(listener: (event: E) => void): () => void;
}

/** An answer that goes on with events, each named by its type, until the caller leaves or `signal` aborts. */
export function eventStream<E extends { readonly type: string }>(
  source: EventSource<E>,
  signal: AbortSignal,
): Response {
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      const unlisten = source.listen(({ type, ...data }) =>
        send(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
      );
      const timer = setInterval(() => send(':\n\n'), QUIET_TIME);
      const stop = () => {
        end();
        controller.close();
      };
      end = () => {
        end = () => {};
        unlisten();
        clearInterval(timer);
        signal.removeEventListener('abort', stop);
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    },
    cancel: () => end(),
  });
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  };
  return new Response(body, { headers });
}
