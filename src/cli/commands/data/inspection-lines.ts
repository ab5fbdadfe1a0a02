/** What was found out about a data set, for people. */
import type { Inspection, SplitInspection } from '../../../data/index.ts';
import { type Style, styleFor } from '../../terminal.ts';
import { texts } from '../../texts/index.ts';

export function inspectionLines({ path, form, splits }: Inspection): string[] {
  const style = styleFor(process.stdout);
  const { dataInspect: words } = texts();
  return [words.head(path, form), ...splits.flatMap((each) => ['', ...splitLines(each, style)])];
}

function splitLines(split: SplitInspection, style: Style): string[] {
  const { dataInspect: words, dataGroup } = texts();
  const { pictures, texts: captions, pairs, findings, files } = split;
  return [
    style.good(dataGroup.split(split.split, pictures.count, captions.count, pairs.count)),
    words.unused(pictures.withoutTexts, captions.withoutPictures),
    words.checked(pictures.checked, pictures.broken),
    ...(pictures.smallest && pictures.largest
      ? [words.sizes(pictures.smallest.join('×'), pictures.largest.join('×'))]
      : []),
    ...binLines(pictures.sizes),
    words.distinct(captions.distinct, captions.count),
    ...captions.repeated.map(({ text, count }) => `  ${count} × ${shortened(text)}`),
    words.falseNegatives(pairs.batch, pairs.falseNegatives.toFixed(2)),
    words.cut(captions.cut, captions.contextLength),
    ...captions.cutExamples.map(({ id, text, tokens }) => `  ${id} (${tokens}) ${shortened(text)}`),
    ...captions.preview.map(
      ({ id, text, imageIds }) => `  ${id} ${shortened(text)} → ${imageIds.join(', ')}`,
    ),
    ...findings.flatMap(({ kind, serious, count, examples }) => [
      (serious ? style.bad : style.dim)(`${kind}: ${count}`),
      ...examples.map(({ message }) => `  ${message}`),
      ...(count > examples.length ? [`  ${words.more(count - examples.length)}`] : []),
    ]),
    findings.length === 0 ? words.sound : words.kinds(findings.length),
    ...files.map(({ path, sha256 }) => style.dim(`sha256 ${sha256}  ${path}`)),
  ];
}

function binLines(bins: SplitInspection['pictures']['sizes']): string[] {
  const { dataInspect: words } = texts();
  return bins.flatMap(({ from, count }, i) => {
    const next = bins[i + 1]?.from;
    return count === 0
      ? []
      : [`  ${words.longer(from, next === undefined ? undefined : next - 1)}: ${count}`];
  });
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const letters = [...line];
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : line;
}
