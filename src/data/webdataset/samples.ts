/** Samples of WebDataset shards: files that stand together and share a name up to its first dot. */
import { dataFault } from '../faults.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { idOf } from '../id.ts';
import { parseLine } from '../official/json-line.ts';
import { isPictureExtension } from '../pictures/kinds.ts';
import { spelled } from '../pictures/spelling.ts';
import { type Caption, captionsIn } from '../set/captioned.ts';
import type { Id, Picture } from '../types.ts';
import { type Member, tarMembers } from './tar.ts';

/** The longest text or JSON of a sample, in bytes, and the largest picture. */
const MAX_TEXT = 2 ** 24;
const MAX_PICTURE = 2 ** 28;

/** A picture of a shard with its captions. */
export interface Sample {
  readonly picture: Picture;
  readonly captions: readonly Caption[];
}

interface Group {
  readonly key: string;
  /** By their endings, in lower case. */
  readonly members: Map<string, Member>;
}

/** The samples of shards, one after another. Throws TUWEN_DATA_INVALID. */
export async function* samplesOf(shards: readonly string[]): AsyncGenerator<Sample> {
  for (const shard of shards) {
    const file = await openStoredFile(shard);
    try {
      for await (const group of groupsOf(file)) yield await sampleOf(file, group);
    } finally {
      await file.close();
    }
  }
}

async function* groupsOf(file: StoredFile): AsyncGenerator<Group> {
  let group: Group | undefined;
  for await (const member of tarMembers(file)) {
    const name = /^(?<key>(?:.*\/)?[^/.]+)\.(?<ending>[^/]+)$/.exec(member.name)?.groups;
    if (!name) throw dataFault(file.path, 'bad-archive', { about: member.name });
    if (group === undefined || group.key !== name.key) {
      if (group) yield group;
      group = { key: name.key!, members: new Map() };
    }
    group.members.set(name.ending!.toLowerCase(), member);
  }
  if (group) yield group;
}

async function sampleOf(file: StoredFile, { key, members }: Group): Promise<Sample> {
  const ending = [...members.keys()].find(isPictureExtension);
  if (ending === undefined) throw dataFault(file.path, 'no-picture', { about: key });
  const record = await jsonOf(file, members.get('json'));
  const { image_id, base64, ...rest } = record;
  const imageId = isId(image_id) ? image_id : idOf(key);
  const { captions, fields } = captionsIn(rest);
  const text = captions.length === 0 ? await textOf(file, members.get('txt')) : undefined;
  const path = file.path;
  return {
    picture: pictureOf(path, key, imageId, members.get(ending)!, base64),
    captions: (text ? [text] : captions).map((each) => ({ imageIds: [imageId], text: each, fields, path })),
  };
}

function pictureOf(path: string, key: string, id: Id, member: Member, spelling: unknown): Picture {
  const bytes = () => bytesAt(path, member);
  return {
    id,
    source: `${path} (${key})`,
    path,
    bytes,
    base64: async () => spelled(await bytes(), spelling),
  };
}

async function bytesAt(path: string, { name, offset, size }: Member): Promise<Buffer> {
  if (size > MAX_PICTURE) throw dataFault(path, 'bad-archive', { about: name });
  const file = await openStoredFile(path);
  try {
    return await file.read(offset, size);
  } finally {
    await file.close();
  }
}

async function textOf(file: StoredFile, member: Member | undefined): Promise<string | undefined> {
  if (member === undefined) return undefined;
  if (member.size > MAX_TEXT) throw dataFault(file.path, 'bad-archive', { about: member.name });
  return (await file.read(member.offset, member.size)).toString('utf8').trim();
}

async function jsonOf(file: StoredFile, member: Member | undefined): Promise<Record<string, unknown>> {
  const json = await textOf(file, member);
  if (json === undefined) return {};
  const record = parseLine(json);
  if (record === undefined) throw dataFault(file.path, 'not-json', { about: member!.name });
  return record;
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value);
}
