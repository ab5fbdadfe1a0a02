/** What a scan of JSON text can find wrong before it is parsed. */
export type JsonFault = 'too-deep' | 'duplicate-name';

/**
 * Looks through JSON text for nesting beyond `maxDepth` and for names that occur twice in one object, neither of
 * which `JSON.parse` reports. Text that is not JSON at all is left for `JSON.parse` to refuse.
 */
export function scanJson(text: string, maxDepth: number): JsonFault | undefined {
  const names: (Set<string> | undefined)[] = []; // one an open bracket: the names so far in an object, nothing in an array
  let atName = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      const end = endOfString(text, i);
      if (atName) {
        const name = unquote(text.slice(i, end + 1));
        if (names.at(-1)?.has(name)) return 'duplicate-name';
        names.at(-1)?.add(name);
        atName = false;
      }
      i = end;
    } else if (char === '{' || char === '[') {
      if (names.length === maxDepth) return 'too-deep';
      names.push(char === '{' ? new Set() : undefined);
      atName = char === '{';
    } else if (char === '}' || char === ']') {
      names.pop();
      atName = false;
    } else if (char === ',') {
      atName = names.at(-1) !== undefined;
    }
  }
  return undefined;
}

/** The index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** The text of a quoted name, with its escapes resolved so that two spellings of one name are equal. */
function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}
