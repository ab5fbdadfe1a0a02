import type { Milvus } from './client.ts';

const LONG_TEXT = 8192;

/** Milvus allows letters, digits and `_` in names: others are written by their code points. */
export function milvusName(collection: string): string {
  return `tuwen_${collection.replace(/[^a-zA-Z0-9]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`)}`;
}

/** Beside the items stands a collection of one row, which says whose vectors they are. */
export const infoName = (name: string): string => `${name}__info`;

/** Makes both collections; the one with the items comes last, so that where it is the other is. */
export async function createCollections({ ask, types }: Milvus, name: string, dim: number): Promise<void> {
  const text = (field: string, length = LONG_TEXT) => ({
    name: field,
    data_type: types.VarChar,
    max_length: length,
  });
  const texts = (field: string, length = LONG_TEXT) => ({
    name: field,
    data_type: types.Array,
    element_type: types.VarChar,
    max_length: length,
    max_capacity: 4096,
  });
  const number = (field: string) => ({ name: field, data_type: types.Int64 });
  const json = (field: string) => ({ name: field, data_type: types.JSON });
  const key = { ...text('id', 32), is_primary_key: true };
  const vector = (length: number) => ({ name: 'vector', data_type: types.FloatVector, dim: length });
  const fields = [
    key,
    vector(dim),
    ...['path', 'path_folded', 'name', 'name_folded', 'folder'].map((field) => text(field)),
    ...['hash', 'hash_folded'].map((field) => text(field, 64)),
    texts('folders'),
    texts('present', 300),
    ...['size', 'modified', 'width', 'height', 'taken'].map(number),
    json('fields'),
    json('fields_folded'),
  ];
  const wanted = [
    { collection: infoName(name), fields: [key, vector(2), json('model')], index: 'FLAT', params: {} },
    { collection: name, fields, index: 'HNSW', params: { M: 16, efConstruction: 200 } },
  ];
  for (const { collection, fields: columns, index, params } of wanted) {
    const known = await ask((client) => client.hasCollection({ collection_name: collection }));
    if (known.value) continue;
    await ask((client) => client.createCollection({ collection_name: collection, fields: columns }));
    await ask((client) =>
      client.createIndex({
        collection_name: collection,
        field_name: 'vector',
        index_type: index,
        metric_type: 'COSINE',
        params,
      }),
    );
  }
}
