/** A teacher's picture vectors from a file, where the teacher itself is not at hand. */
import { TuwenError } from '../../base/index.ts';
import { type DataSet, idKey } from '../../data/index.ts';
import { readFeatures } from '../../evaluate/index.ts';
import type { PictureFeatures } from './picture-features.ts';

export interface TeacherFeatures {
  /** Length of a vector. */
  readonly dim: number;
  readonly kept: PictureFeatures;
}

/**
 * Reads the official feature file of a data set's pictures, one line of `image_id` and `feature` for each. Throws
 * TUWEN_SETTING_INVALID where a picture of the pairs has no vector, and what `readFeatures` throws.
 */
export async function teacherFeatures(
  path: string,
  data: DataSet,
  signal?: AbortSignal,
): Promise<TeacherFeatures> {
  const { ids, rows } = await readFeatures(path, 'image', signal ? { signal } : {});
  const places = new Map(ids.map((id, place) => [idKey(id), place]));
  for await (const { imageId } of data.pairs()) {
    if (places.has(idKey(imageId))) continue;
    const value = { source: path, key: 'teacher-features', got: imageId, expected: `image_id ${imageId}` };
    throw new TuwenError('TUWEN_SETTING_INVALID', value);
  }
  const { dim } = rows;
  const { data: numbers } = rows;
  const of: PictureFeatures['of'] = (id) => {
    const place = places.get(idKey(id));
    return place === undefined ? undefined : numbers.subarray(place * dim, (place + 1) * dim);
  };
  return { dim, kept: { of } };
}
