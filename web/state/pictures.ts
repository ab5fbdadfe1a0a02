/** Pictures the user gave this page, from a file, the clipboard or another window. */
import { useEffect, useState } from 'react';

export interface GivenPicture {
  readonly name: string;
  /** A `data:` URL: what the server takes, and what the page shows. */
  readonly url: string;
}

const given = new Map<string, GivenPicture>();

/** Keeps a picture as long as the page is open; the address names it by this number. */
export function keepPicture(picture: GivenPicture): string {
  const number = String(given.size + 1);
  given.set(number, picture);
  return number;
}

export const pictureOf = (number: string): GivenPicture | undefined => given.get(number);

/** Reads a picture's bytes as they are: the server decodes what browsers may not, such as HEIC. */
export function readPicture(file: Blob, name: string): Promise<GivenPicture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name, url: reader.result as string });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

const NO_BYTES = 'data:,';

/** The first file that was dropped or pasted. */
function fileIn(transfer: DataTransfer | null): File | undefined {
  return [...(transfer?.files ?? [])][0];
}

/** Takes pictures dropped anywhere or pasted. Returns whether one is being dragged over the page. */
export function useGivenPictures(take: (picture: GivenPicture) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const read = async (file: File | undefined) => {
      if (file === undefined) return;
      const picture = await readPicture(file, file.name);
      if (picture.url !== NO_BYTES) take(picture);
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      const file = fileIn(event.dataTransfer);
      setOver(false);
      if (file === undefined) return;
      event.preventDefault();
      void read(file);
    };
    const paste = (event: ClipboardEvent) => void read(fileIn(event.clipboardData));
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, [take]);
  return isOver;
}
