/** Serves the page of a training run, from a thread of its own. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { TuwenError } from '../../base/index.ts';

export interface PageTask {
  readonly folder: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The folder of the built page. */
  readonly pages: string;
  /** The validation data, whose pictures are shown. */
  readonly data?: { readonly path: string; readonly split: string };
}

const isSource = import.meta.url.endsWith('.ts');
const WORKER = new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
/** The page is built into the package, beside what is compiled. */
export const PAGES = fileURLToPath(new URL(isSource ? '../../../dist/web' : '../../web', import.meta.url));

export interface OpenPage {
  readonly address: string;
  close(): Promise<void>;
}

/** Starts the thread. Throws TUWEN_BAD_ARGUMENT (a port that is taken), and what opening the data throws. */
export async function openTrainingPage(task: PageTask): Promise<OpenPage> {
  const worker = new Worker(WORKER, { workerData: task });
  worker.unref();
  const address = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  }).catch((cause) => {
    throw cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
      ? new TuwenError('TUWEN_BAD_ARGUMENT', {
          name: 'watch',
          got: String(task.port),
          expected: 'a free port',
        })
      : cause;
  });
  worker.on('error', () => {}); // Training goes on without its page.
  return {
    address,
    close: async () => {
      await worker.terminate();
    },
  };
}
