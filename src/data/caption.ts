/** What the official data sets do to a text before it is cut into tokens: lower case, and plain for curly quotes. */
export function cleanCaption(text: string): string {
  return text.toLowerCase().replace(/[“”]/g, '"');
}
