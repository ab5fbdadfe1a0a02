/** Where Chinese-CLIP was published. */
import type { HubName, Repository } from '../weights/index.ts';
import type { PublishedName } from './published.ts';

/** A size whose weights were published, ViT-B-32 being a configuration only. */
export type DownloadableName = Exclude<PublishedName, 'ViT-B-32'>;

/** A size's repositories by hub: Hugging Face's, and the copy of it on ModelScope. */
const REPOSITORIES: Readonly<Record<DownloadableName, Readonly<Record<HubName, string>>>> = {
  RN50: repositories('rn50'),
  'ViT-B-16': repositories('vit-base-patch16'),
  'ViT-L-14': repositories('vit-large-patch14'),
  'ViT-L-14-336': repositories('vit-large-patch14-336px'),
  'ViT-H-14': repositories('vit-huge-patch14'),
};

/** ModelScope's models for its pipelines, with the newest revision, which holds no optimizer where there are two. */
const PIPELINES: Readonly<Record<string, string>> = {
  'multi-modal_clip-vit-base-patch16_zh': 'v1.0.1',
  'multi-modal_clip-vit-large-patch14_zh': 'v1.0.1',
  'multi-modal_clip-vit-large-patch14_336_zh': 'v1.0.1',
  'multi-modal_clip-vit-huge-patch14_zh': 'v1.0.0',
};

/** One organisation under its two names. */
const TWINS: Readonly<Record<string, string>> = { damo: 'iic', iic: 'damo' };
/** Organisations that only ModelScope has. */
const ON_MODELSCOPE = new Set(['damo', 'iic', 'AI-ModelScope']);

export const DOWNLOADABLE_NAMES = Object.keys(REPOSITORIES) as readonly DownloadableName[];

export function isDownloadable(name: string): name is DownloadableName {
  return Object.hasOwn(REPOSITORIES, name);
}

/** The repositories of a published size, in the order of `hubs`. */
export function publishedRepositories(name: DownloadableName, hubs: readonly HubName[]): Repository[] {
  return hubs.map((hub) => ({ hub, id: REPOSITORIES[name][hub] }));
}

/** The repositories that an id `organisation/name` may mean, in the order of `hubs`. */
export function repositoriesOf(id: string, hubs: readonly HubName[]): Repository[] {
  const [organisation, name] = id.split('/') as [string, string];
  if (!ON_MODELSCOPE.has(organisation)) return hubs.map((hub) => ({ hub, id }));
  const twin = TWINS[organisation];
  const ids = twin ? [id, `${twin}/${name}`] : [id];
  const usualRevision = twin ? PIPELINES[name] : undefined;
  return ids.map((each) => ({ hub: 'modelscope', id: each, usualRevision }));
}

function repositories(name: string): Record<HubName, string> {
  return { huggingface: `OFA-Sys/chinese-clip-${name}`, modelscope: `AI-ModelScope/chinese-clip-${name}` };
}
