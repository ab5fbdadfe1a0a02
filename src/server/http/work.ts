/** A request of work: its body read, checked, answered. */
import { isTuwenError, TuwenError } from '../../base/index.ts';
import type { WorkRoute } from '../routes/route.ts';
import type { Service } from '../service.ts';
import type { Gate } from '../work/gate.ts';
import { declaredLength, readJson } from './body.ts';
import { type Call, unlessAborted } from './call.ts';
import { validated } from './validate.ts';

export interface WorkContext {
  readonly service: Service;
  /** Room for the bodies of all requests. */
  readonly bytes: Gate;
  readonly call: Call;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Answers a request. */
export async function answerWork(
  route: WorkRoute,
  request: Request,
  { service, bytes, call, parameters }: WorkContext,
): Promise<Response> {
  service.model(undefined); // Before the body is read in vain.
  const { bodyBytes } = service.limits;
  const leave = bytes.enter(declaredLength(request, bodyBytes));
  try {
    const json = await unlessAborted(readJson(request, bodyBytes, call.signal), call.signal).catch(late);
    const body = validated(route.request, json);
    const model = service.model((body as { model?: string }).model);
    const work = { id: call.id, service, model, parameters, signal: call.signal };
    const answer = await unlessAborted(route.answer(body, work), call.signal);
    return Response.json(answer, { status: route.status ?? 200 });
  } finally {
    leave();
  }
}

/** A deadline that passes while the body comes in is the caller's own. */
function late(error: unknown): never {
  throw isTuwenError(error, 'TUWEN_DEADLINE') ? new TuwenError('TUWEN_BODY_LATE', error.value) : error;
}
