/** What is measured: ours and the peers, each a process of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compiledWorkers, python } from './environment.ts';
import { writeInputs } from './inputs.ts';
import { randomModel } from './model.ts';
import { buildPath, pythonPath } from './paths.ts';
import { Measured, run } from './process.ts';

export type EngineName = 'tuwen' | 'tuwen_int8' | 'cn_clip' | 'transformers' | 'openvino';

export interface EngineChoice {
  readonly name: EngineName;
  /** Heading of its column. */
  readonly label: string;
  /** Whether `gemm` requests are answered. */
  readonly multiplies: boolean;
  /** Starts the process; `cold`: to make a first vector and wait. */
  start(cold?: boolean): Measured;
}

const LABELS: Readonly<Record<Exclude<EngineName, 'tuwen' | 'tuwen_int8'>, string>> = {
  cn_clip: 'cn_clip (torch)',
  transformers: 'transformers (torch)',
  openvino: 'OpenVINO',
};

/** Makes the model, the inputs and what the engines need, where missing. */
export async function prepareEngines(threads: number, withPython: boolean): Promise<EngineChoice[]> {
  const model = await randomModel();
  const inputs = await writeInputs();
  const worker = await compiledWorkers();
  const ours = [process.execPath, worker('tuwen'), model, inputs, `${threads}`];
  const engines = [
    engine('tuwen', 'tuwen', [...ours, 'fp32'], threads, true),
    engine('tuwen_int8', 'tuwen int8', [...ours, 'int8'], threads, false),
  ];
  if (!withPython) return engines;
  const interpreter = await python();
  const models = await peerModels(interpreter, model);
  for (const [name, label] of Object.entries(LABELS) as [EngineName, string][]) {
    const command = [interpreter, pythonPath('peer.py'), name, models, inputs, `${threads}`];
    engines.push(engine(name, label, command, threads, name === 'cn_clip'));
  }
  return engines;
}

/** The model in the peers' own forms, made once; returns their folder. */
export async function peerModels(interpreter: string, model: string): Promise<string> {
  const models = buildPath('peers');
  if (!existsSync(join(models, 'openvino', 'text.xml')))
    await run(interpreter, [pythonPath('prepare.py'), model, models]);
  return models;
}

function engine(
  name: EngineName,
  label: string,
  command: readonly string[],
  threads: number,
  multiplies: boolean,
): EngineChoice {
  const start = (cold = false) => Measured.start(name, cold ? [...command, 'cold'] : command, threads);
  return { name, label, multiplies, start };
}
