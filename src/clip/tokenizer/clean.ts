/**
 * Text as OpenAI's CLIP cleans it before it is split: ftfy's repairs, HTML entities, white space. Of ftfy's repairs one
 * is left out, its guess at text that was decoded by the wrong encoding.
 */
import { decodeHTML, decodeHTMLStrict } from 'entities/decode';

/** Python's white space. */
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Repaired, entities decoded (twice, as data sets hold them), white space single. */
export function cleaned(text: string): string {
  return singleSpaced(decodeHTML(decodeHTML(repaired(text))));
}

/** White space as single spaces, none at the ends. */
export function singleSpaced(text: string): string {
  return text.replace(SPACES, ' ').replace(/^ | $/g, '');
}

/** Every line repaired; once one has a `<`, which may be HTML, entities are left alone. */
function repaired(text: string): string {
  let decodes = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      decodes &&= !line.includes('<');
      return repairedLine(line, decodes);
    })
    .join('');
}

/** The repairs in ftfy's order, until nothing changes. */
function repairedLine(line: string, decodes: boolean): string {
  for (let before = ''; before !== line; ) {
    before = line;
    if (decodes) line = line.replace(/&#?[0-9A-Za-z]{1,24};/g, decodedEntity);
    line = line
      .replace(/[\x80-\x9f]/g, windows1252)
      .replace(LIGATURES, (ligature) => ligature.normalize('NFKC'))
      .replaceAll('\ufb05', '\u017ft')
      .replace(/[\u3000\uff01-\uffef]/g, (wide) => wide.normalize('NFKC'))
      .replace(/[\u201c-\u201f]/g, '"')
      .replace(/[\u02bc\u2018-\u201b]/g, "'")
      .replace(/\r\n?|[\u2028\u2029\x85]/g, '\n')
      .replace(/\x1b\[[\d;]*[a-zA-Z]/g, '')
      .replace(UNWANTED, '')
      .normalize('NFC');
  }
  return line;
}

/** Ligatures and digraphs of Latin letters that ftfy takes apart, but for one that stays half. */
const LIGATURES = /[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb04\ufb06]/g;

/** Control characters that no text needs. */
const UNWANTED = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;

/** The character of an entity, also of one all in capitals: `&EACUTE;`. */
function decodedEntity(entity: string): string {
  const decoded = decodeHTMLStrict(entity);
  if (decoded !== entity || entity.startsWith('&#') || entity !== entity.toUpperCase()) return decoded;
  const lower = entity.toLowerCase();
  const small = decodeHTMLStrict(lower);
  return small === lower ? entity : small.toUpperCase();
}

/** What Windows has in the places 80 to 9F; five are empty. Node's own decoder of windows-1252 leaves them as they are. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** A control character from 80 to 9F as the character Windows has there. */
function windows1252(control: string): string {
  return WINDOWS_1252[control.charCodeAt(0) - 0x80]!;
}
