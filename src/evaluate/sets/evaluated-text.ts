/** What cn_clip's data sets do to a text before it is cut into tokens. */
export function evaluatedText(text: string): string {
  return text.toLowerCase().replace(/[“”]/g, '"');
}
