/**
 * The server's key, in a cookie of this session: pictures and event streams are loaded by the browser itself, which
 * sends no header of ours.
 */
const NAME = 'tuwen_key';

export function keptKey(): string | undefined {
  const pair = document.cookie.split(/; */).find((each) => each.startsWith(`${NAME}=`));
  return pair === undefined ? undefined : decodeURIComponent(pair.slice(NAME.length + 1));
}

export function keepKey(key: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${NAME}=${encodeURIComponent(key)}; path=/; SameSite=Strict`;
}
