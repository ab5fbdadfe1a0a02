import sharp from 'sharp';
import { loadImage } from '../../clip/index.ts';
import type { Id } from '../files/id.ts';
import type { SetPicture } from '../sets/types.ts';

/** The longer side of a thumbnail, in pixels. */
const SIDE = 200;

/** Small pictures as `data:` addresses, by id; what cannot be read is left out. */
export async function thumbnails(
  pictures: AsyncIterable<SetPicture>,
  wanted: ReadonlySet<Id>,
): Promise<Map<Id, string>> {
  const found = new Map<Id, string>();
  if (wanted.size === 0) return found;
  for await (const { id, input } of pictures) {
    if (!wanted.has(id)) continue;
    const address = await thumbnail(input).catch(() => undefined);
    if (address !== undefined) found.set(id, address);
    if (found.size === wanted.size) break;
  }
  return found;
}

/** As the model sees it: not turned by EXIF. */
async function thumbnail(input: SetPicture['input']): Promise<string> {
  const { data, width, height, channels } = await loadImage(await input(), { orient: false });
  const bytes = await sharp(data, { raw: { width, height, channels } })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString('base64')}`;
}
