/** Kinds of picture files: by the names they have, and by their first bytes. */

const EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif', 'heic'];

/** Whether a file of this name is taken as a picture. */
export function isPictureName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && EXTENSIONS.includes(name.slice(dot + 1).toLowerCase());
}

export function isPictureExtension(extension: string): boolean {
  return EXTENSIONS.includes(extension.toLowerCase());
}

const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'jpg'],
  [/^\x89PNG\r\n\x1a\n/, 'png'],
  [/^GIF8[79]a/, 'gif'],
  [/^RIFF.{4}WEBP/s, 'webp'],
  [/^BM/, 'bmp'],
  [/^(II\*\0|MM\0\*)/, 'tif'],
  [/^.{4}ftypavi[fs]/s, 'avif'],
  [/^.{4}ftyp(hei[cxms]|mif1)/s, 'heic'],
];

/** The ending for a picture file of these bytes; `jpg` for one that is none. */
export function extensionOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return BEGINNINGS.find(([pattern]) => pattern.test(head))?.[1] ?? 'jpg';
}
