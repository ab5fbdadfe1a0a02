/**
 * The part of curl that the documentation uses, so that its commands need no system package: `-H`, `-d` (with `@file`),
 * `-s`, `-o`. The documented address leads to the server in TUWEN_SERVED. An error of the server is one of the command.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    silent: { type: 'boolean', short: 's' },
    output: { type: 'string', short: 'o' },
  },
});
const headers = Object.fromEntries((values.header ?? []).map((line) => line.split(/: */)));
const body = values.data?.startsWith('@') ? readFileSync(values.data.slice(1), 'utf8') : values.data;
const url = positionals[0].replace('http://127.0.0.1:8787', process.env.TUWEN_SERVED);
const response = await fetch(url, { method: body === undefined ? 'GET' : 'POST', headers, body });
const bytes = Buffer.from(await response.arrayBuffer());
if (values.output) writeFileSync(values.output, bytes);
else process.stdout.write(bytes);
if (!response.ok) process.exitCode = 22;
