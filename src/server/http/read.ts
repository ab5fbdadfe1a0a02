/** A request that only reads. */
import type { ReadRequest, ReadRoute } from '../routes/route.ts';
import { unlessAborted } from './call.ts';

/** Answers a request. What nobody will read, after a HEAD or a caller who left, is closed. */
export async function answerRead(route: ReadRoute, read: ReadRequest): Promise<Response> {
  const answering = Promise.resolve(route.answer(read));
  try {
    const response = await unlessAborted(answering, read.signal);
    if (read.request.method === 'HEAD') await response.body?.cancel();
    return response;
  } catch (error) {
    answering.then(({ body }) => body?.cancel()).catch(() => {});
    throw error;
  }
}
