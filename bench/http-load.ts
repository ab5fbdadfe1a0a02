/** Callers of a server: each asks again as soon as it has its answer, and every answer is checked. */
import { Agent, request } from 'node:http';

/** What is asked, and the vector that the direct call gave for it. */
export interface Question {
  readonly body: string;
  readonly vector: Float32Array;
}

export interface Load {
  readonly seconds: number;
  /** Time of each request that was answered, in milliseconds. */
  readonly times: readonly number[];
  /** Requests without an answer, or with an error. */
  readonly lost: number;
  /** Answers with another vector than the direct call's. */
  readonly wrong: number;
  readonly largestDifference: number;
}

/** Neighbours in a batch move a number of a unit vector by rounding only. */
const TOLERANCE = 1e-5;

/** Asks `questions` in turn with so many callers at a time, for so long. */
export async function load(
  address: string,
  questions: readonly Question[],
  { callers, seconds, onAnswer = () => {} }: { callers: number; seconds: number; onAnswer?: () => void },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const times: number[] = [];
  let [next, lost, wrong, largestDifference] = [0, 0, 0, 0];
  const began = performance.now();
  const caller = async () => {
    while (performance.now() - began < seconds * 1000) {
      const question = questions[next++ % questions.length]!;
      const since = performance.now();
      try {
        const difference = differenceOf(await ask(agent, address, question.body), question.vector);
        times.push(performance.now() - since);
        if (!(difference < TOLERANCE)) wrong += 1;
        largestDifference = Math.max(largestDifference, difference);
      } catch {
        lost += 1;
      }
      onAnswer();
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  return { seconds: (performance.now() - began) / 1000, times, lost, wrong, largestDifference };
}

/** The vector in the answer: base64, so that the one who asks has less to do than the one who answers. */
function ask(agent: Agent, address: string, body: string): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${address}/v1/embeddings`, { method: 'POST', agent, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      if (response.statusCode !== 200) return reject(new Error(`HTTP ${response.statusCode}`));
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { embedding: string }[] };
      resolve(new Float32Array(Uint8Array.from(Buffer.from(data[0]!.embedding, 'base64')).buffer));
    });
    sent.on('error', reject).end(body);
  });
}

function differenceOf(got: Float32Array, wanted: Float32Array): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
}
