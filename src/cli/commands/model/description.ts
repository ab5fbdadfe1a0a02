/** A description of a checkpoint, as lines for people. */
import type { ModelDescription } from '../../../clip/index.ts';
import { cells, padEnd } from '../../terminal.ts';
import { texts } from '../../texts/index.ts';

/** How many names of a long list are shown. */
const SHOWN = 8;

/** One line a fact, titles in a column. */
export function descriptionLines(description: ModelDescription): string[] {
  const { modelInspect: inspect } = texts();
  const { rows } = inspect;
  const { layout, format, files, bytes, sharded, prefix, epoch, step, adapter, problem } = description;
  const towers: [string, string][] = [
    [rows.architecture, description.architecture ?? inspect.unpublished],
    ...optional(rows.name, description.name),
    [rows.image, imageLine(description) ?? inspect.unknown],
    [rows.text, textLine(description) ?? inspect.unknown],
    ...optional(rows.embedDim, description.embedDim),
  ];
  const facts: [string, string][] = [
    [rows.file, `${description.path}  ${size(bytes)}${sharded ? `  ${inspect.shards(files.length)}` : ''}`],
    [rows.layout, `${layout ?? inspect.unknown}  (${inspect.formats[format]})`],
    ...(layout === 'peft' ? optional(rows.adapter, adapter && inspect.adapter(adapter)) : towers),
    [rows.parameters, description.parameters.toLocaleString('en')],
    [rows.tensors, `${description.tensors}  (${dtypes(description)})`],
    ...optional(rows.prefix, prefix || null),
    ...optional(rows.trained, epoch === null && step === null ? null : inspect.trained(epoch, step)),
    [rows.optimizer, description.optimizer ? inspect.yes : inspect.no],
    [rows.missing, list(description.missing)],
    [rows.unexpected, list(description.unexpected)],
    ...optional(rows.misshapen, misshapen(description)),
    ...optional(rows.problem, problem && `${problem.message} [${problem.code}]`),
  ];
  const width = Math.max(...facts.map(([title]) => cells(title)));
  return facts.map(([title, fact]) => `${padEnd(title, width)}  ${fact}`);
}

function optional(title: string, value: string | number | null): [string, string][] {
  return value === null ? [] : [[title, String(value)]];
}

function imageLine({ image }: ModelDescription): string | undefined {
  const { modelInspect: inspect } = texts();
  if (!image) return undefined;
  const heads = image.heads ?? inspect.unknown;
  return image.kind === 'resnet'
    ? inspect.resnet(image.resolution!, image.width!, image.layers!.join(', '), heads)
    : inspect.vit(
        image.resolution!,
        (image as { patch: number }).patch,
        image.width!,
        String(image.layers),
        heads,
      );
}

function textLine({ text }: ModelDescription): string | undefined {
  const { modelInspect: inspect } = texts();
  if (!text) return undefined;
  const kind = text.kind === 'bert' ? 'BERT' : 'CLIP';
  return inspect.text(kind, text.hidden!, text.layers!, text.heads ?? inspect.unknown, text.vocabSize!);
}

function dtypes({ dtypes }: ModelDescription): string {
  return Object.entries(dtypes)
    .map(([dtype, count]) => `${dtype} ${count}`)
    .join(', ');
}

function list(names: readonly string[]): string {
  const { modelInspect: inspect } = texts();
  if (names.length === 0) return inspect.nothing;
  return `${names.length}: ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ' …' : ''}`;
}

function misshapen({ misshapen }: ModelDescription): string | null {
  return misshapen.length === 0
    ? null
    : list(misshapen.map(({ name, got, expected }) => `${name} ${got} ≠ ${expected}`));
}

/** `753.1 MB` */
function size(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
