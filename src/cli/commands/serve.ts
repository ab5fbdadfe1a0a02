import { once } from 'node:events';
import { Command, Option } from '@commander-js/extra-typings';
import type { Clip } from '../../clip/index.ts';
import { isLoopback, LOG_LEVELS, type Server, startServer } from '../../server/index.ts';
import { chosenModel, withModel } from '../model.ts';
import {
  deviceOption,
  jsonOption,
  langOption,
  type ModelOptions,
  modelOption,
  portNumber,
  precisionOption,
  threadsOption,
  wholeNumber,
} from '../options.ts';
import { print, say } from '../output.ts';
import { texts } from '../texts/index.ts';

const listed = (name: string, before: string[]) => [...before, name];

const HOST = '127.0.0.1';
const MEBIBYTE = 2 ** 20;

export function serveCommand(signal: AbortSignal) {
  const { serve } = texts();
  return new Command('serve')
    .description(serve.about)
    .option('--host <host>', serve.host, HOST)
    .option('--port <n>', serve.port, portNumber)
    .addOption(new Option('--api-key <key>', serve.apiKey).env('TUWEN_API_KEY'))
    .option('--alias <name>', serve.alias, listed, [] as string[])
    .option('--collection <name>', serve.collection, listed, [] as string[])
    .option('--store <address>', serve.store)
    .option('--cors <origin>', serve.cors)
    .option('--allow-image-urls', serve.allowImageUrls)
    .option('--max-body <n>', serve.maxBody, wholeNumber)
    .option('--deadline <n>', serve.deadline, wholeNumber)
    .addOption(new Option('--log-level <level>', serve.logLevel).choices(LOG_LEVELS))
    .addOption(modelOption())
    .addOption(precisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(langOption())
    .addHelpText('after', `\n${serve.after}`)
    .action(async (options) => {
      const model = await chosenModel(options, signal);
      const clip = deferred<Clip>();
      await using server = await startServer({
        clip: clip.promise,
        host: options.host,
        ...(options.port !== undefined && { port: options.port }),
        ...(options.apiKey && { apiKey: options.apiKey }),
        ...(options.cors !== undefined && { cors: options.cors }),
        aliases: options.alias,
        ...(options.collection.length > 0 && { collections: options.collection }),
        ...(options.store !== undefined && { store: options.store }),
        allowImageUrls: options.allowImageUrls ?? false,
        limits: {
          ...(options.maxBody && { bodyBytes: options.maxBody * MEBIBYTE }),
          ...(options.deadline && { deadline: options.deadline * 1000 }),
        },
        log: say,
        ...(options.logLevel && { logLevel: options.logLevel }),
      });
      if (options.json) await print(JSON.stringify({ address: server.address }));
      else say(serve.listening(server.address));
      if (!isLoopback(options.host) && !options.apiKey) say(serve.open(options.host));
      await serveUntilTold(server, { ...options, model }, clip.resolve, signal);
    });
}

/** Loads the model, lends it to the server, and takes it back when the signal comes and the last answer is sent. */
async function serveUntilTold(
  server: Server,
  options: ModelOptions & { json?: true | undefined; apiKey?: string | undefined },
  lend: (clip: Clip) => void,
  signal: AbortSignal,
): Promise<void> {
  await withModel(options, signal, async (clip) => {
    lend(clip);
    if (!options.json) {
      const body = JSON.stringify({ input: ['一只猫'] });
      say(texts().serve.ready(clip.info.name));
      const key = options.apiKey ? ` -H 'authorization: Bearer ${texts().serve.key}'` : '';
      say(`curl ${server.address}/v1/embeddings${key} -H 'content-type: application/json' -d '${body}'`);
    }
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
    // Callers who left may have left work behind, which must end before the program can.
    await clip.close();
    process.exitCode = 0;
  });
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
