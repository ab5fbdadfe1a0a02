import { dataFault } from '../faults.ts';
import { idKey } from '../id.ts';
import type { Picture } from '../types.ts';
import { inKeyOrder } from './key-order.ts';
import type { PictureSource } from './sources.ts';

/**
 * Pictures of a form that is read from front to back. Random access keeps those of `light` by their ids: such as hold no
 * bytes, but read them when they are asked for.
 */
export function samplePictures(
  all: () => AsyncIterable<Picture>,
  light: () => AsyncIterable<Picture> = all,
): PictureSource {
  let index: Promise<Map<string, Picture>> | undefined;
  const indexed = () => (index ??= indexOf(light()));
  const at = async (key: string) => (await indexed()).get(key);
  return {
    count: async () => (await indexed()).size,
    pictures: (order) => (order === 'file' ? all() : inKeyOrder(indexed, at)),
    picture: (id) => at(idKey(id)),
    close: async () => {},
  };
}

async function indexOf(pictures: AsyncIterable<Picture>): Promise<Map<string, Picture>> {
  const index = new Map<string, Picture>();
  for await (const picture of pictures) {
    const key = idKey(picture.id);
    const { path, line } = picture;
    if (index.has(key)) throw dataFault(path, 'duplicate-picture', { line, about: key });
    index.set(key, picture);
  }
  return index;
}
