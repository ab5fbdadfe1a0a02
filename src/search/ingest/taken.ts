import exif from 'exif-reader';
import sharp from 'sharp';

/** When a picture was taken by its EXIF data, ISO 8601 without a zone; undefined where it does not say. */
export async function takenTime(bytes: Uint8Array): Promise<string | undefined> {
  try {
    const { exif: block } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (block === undefined) return undefined;
    const { Photo, Image } = exif(block);
    const time = Photo?.DateTimeOriginal ?? Photo?.DateTimeDigitized ?? Image?.DateTime;
    return time instanceof Date && time.getTime() > 0 ? time.toISOString().slice(0, 19) : undefined;
  } catch {
    // A picture does not fail for what is said about it.
    return undefined;
  }
}
