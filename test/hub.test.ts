/** Models by name: from a hub over the command line and the library to vectors. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadClip, pipeline, pullModel, resolveModel, Tasks } from '../src/clip/index.ts';
import { checkpointFiles } from './support/checkpoints.ts';
import { ended, start, tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';
import { type Fault, type Files, type HubServer, startHub } from './support/hub.ts';

const TINY = fixture('tiny-hf');
const PICTURE = join(fixture('pixels/sources'), 'jpeg-420.jpg');
const MODEL = ['config.json', 'model.safetensors', 'preprocessor_config.json', 'vocab.txt'];
/** What repositories hold besides, and nobody needs. */
const BESIDE = ['README.md', 'pytorch_model.bin', 'tf_model.h5', 'onnx/model.onnx', 'clip_cn_tiny.pt'];
const FILES: Files = {
  ...Object.fromEntries(BESIDE.map((name) => [name, new Uint8Array(64)])),
  ...Object.fromEntries(MODEL.map((name) => [name, new Uint8Array(readFileSync(join(TINY, name)))])),
};
const WEIGHTS = FILES['model.safetensors']!.byteLength;

let hub: HubServer;
let home: string;
beforeEach(async () => {
  hub = await startHub('org/name', FILES);
  home = mkdtempSync(join(tmpdir(), 'tuwen-home-'));
  for (const name of ['HF_HOME', 'MODELSCOPE_CACHE', 'TUWEN_HOME']) vi.stubEnv(name, join(home, name));
  for (const name of ['HF_ENDPOINT', 'MODELSCOPE_ENDPOINT']) vi.stubEnv(name, hub.url);
  for (const name of [
    'HF_TOKEN',
    'HF_HUB_CACHE',
    'HF_HUB_OFFLINE',
    'TUWEN_HUB',
    'TUWEN_OFFLINE',
    'TUWEN_MODEL',
  ])
    vi.stubEnv(name, '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(home, { recursive: true, force: true });
});

/** The environment of this test, for a program. */
const env = (more: Record<string, string> = {}) => ({
  ...(process.env as Record<string, string>),
  LC_ALL: 'C.UTF-8',
  ...more,
});
const run = (args: readonly string[], more?: Record<string, string>) => tuwen(args, { env: env(more) });

/** Fetched from the front: repository files and listings, without their queries. */
const askedFor = () => hub.requests.map(({ path }) => path);

/** Serves files of the checkpoint fixtures as a repository. */
function serve(id: string, revision: string, folder: string, names: readonly string[]): void {
  const all = checkpointFiles();
  const files = Object.fromEntries(names.map((name) => [name, all.get(`${folder}/${name}`)!]));
  hub.repositories.set(id, new Map([...(hub.repositories.get(id) ?? []), [revision, files]]));
}

/** The first answer of the content store stops after so many bytes and says nothing more. */
function stallingAt(bytes: number): { fault: Fault; stalled: Promise<void> } {
  let tell: () => void;
  const stalled = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let first = true;
  const fault: Fault = ({ store }, response, file) => {
    if (!store || !first) return false;
    first = false;
    response.writeHead(200, { 'content-length': file.byteLength });
    response.write(file.subarray(0, bytes), () => tell());
    return true;
  };
  return { fault, stalled };
}

/** Waits until a download has written some of the weights. */
async function written(): Promise<void> {
  while (partialWeights() === undefined) await sleep(20);
}

/** The beginning of the weights, which are larger than all other files together. */
function partialWeights(): { path: string; size: number } | undefined {
  return partials().find(({ size }) => size > 200_000);
}

function partials(): { path: string; size: number }[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((path) => join(home, path))
    .filter((path) => path.endsWith('.incomplete'))
    .map((path) => ({ path, size: statSync(path).size }));
}

describe('loadClip', () => {
  test.each(['huggingface', 'modelscope'] as const)('%s: vectors are those of the folder', async (name) => {
    const progress: number[] = [];
    const options = { hub: name, mirror: hub.url, cacheDir: join(home, 'cache'), threads: 1 };
    await using clip = await loadClip('org/name', {
      ...options,
      onProgress: ({ total }) => progress.push(total!),
    });
    await using local = await loadClip(TINY, { threads: 1 });
    const texts = ['猫', '一只狗'];
    expect((await clip.embedTexts(texts)).data).toEqual((await local.embedTexts(texts)).data);
    expect(clip.info.name).toBe('org/name');
    expect(progress[0]).toBe(MODEL.reduce((sum, each) => sum + FILES[each]!.byteLength, 0));
    for (const beside of BESIDE) expect(askedFor().filter((path) => path.endsWith(beside))).toEqual([]);
    const asked = hub.requests.length;
    await using again = await loadClip('org/name', { ...options, offline: true });
    expect(again.info.name).toBe('org/name');
    expect(hub.requests.length).toBe(asked);
  });

  test('offline, what is not there is not asked for', async () => {
    await expect(loadClip('org/name', { offline: true })).rejects.toMatchObject({ code: 'TUWEN_OFFLINE' });
    vi.stubEnv('TUWEN_OFFLINE', '1');
    await expect(loadClip('org/name')).rejects.toMatchObject({ code: 'TUWEN_OFFLINE' });
    expect(hub.requests).toEqual([]);
  });

  test('a cache that lacks a file is completed', async () => {
    const { path } = await pullModel('org/name');
    rmSync(join(path, 'vocab.txt'));
    await expect(loadClip('org/name', { offline: true })).rejects.toMatchObject({ code: 'TUWEN_OFFLINE' });
    expect((await resolveModel('org/name')).path).toBe(path);
    expect(existsSync(join(path, 'vocab.txt'))).toBe(true);
    expect(hub.downloads.length).toBe(1);
  });

  test('a folder of that name goes before the hub', async () => {
    mkdirSync(join(home, 'org'));
    symlinkSync(TINY, join(home, 'org/name'));
    const before = process.cwd();
    process.chdir(home);
    try {
      expect(await resolveModel('org/name')).toEqual({ name: 'org/name', path: 'org/name' });
    } finally {
      process.chdir(before);
    }
    expect(hub.requests).toEqual([]);
  });
});

describe('names', () => {
  const HF_ID = 'OFA-Sys/chinese-clip-vit-base-patch16';
  const MS_ID = 'AI-ModelScope/chinese-clip-vit-base-patch16';

  test('a short name comes from Hugging Face', async () => {
    hub.repositories.set(HF_ID, hub.repositories.get('org/name')!);
    const { repository, name } = await resolveModel('ViT-B-16');
    expect({ name, repository }).toMatchObject({
      name: 'ViT-B-16',
      repository: { hub: 'huggingface', id: HF_ID },
    });
  });

  test('and from ModelScope where that does not answer, or does not have it', async () => {
    hub.repositories.set(MS_ID, hub.repositories.get('org/name')!);
    expect((await resolveModel('ViT-B-16', { pause: 1 })).repository).toMatchObject({
      hub: 'modelscope',
      id: MS_ID,
    });
    rmSync(join(home, 'MODELSCOPE_CACHE'), { recursive: true });
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
    expect((await resolveModel('ViT-B-16', { pause: 1 })).repository).toMatchObject({ hub: 'modelscope' });
  });

  test('TUWEN_HUB says who is asked, and in which order', async () => {
    hub.repositories.set(HF_ID, hub.repositories.get('org/name')!);
    hub.repositories.set(MS_ID, hub.repositories.get('org/name')!);
    vi.stubEnv('TUWEN_HUB', 'modelscope,huggingface');
    expect((await resolveModel('ViT-B-16')).repository?.hub).toBe('modelscope');
    expect((await resolveModel('ViT-B-16', { hub: 'huggingface' })).repository?.hub).toBe('huggingface');
    vi.stubEnv('TUWEN_HUB', 'modelscope');
    hub.repositories.delete(MS_ID);
    await expect(pullModel('ViT-B-16')).rejects.toMatchObject({ code: 'TUWEN_REPOSITORY_MISSING' });
    vi.stubEnv('TUWEN_HUB', 'elsewhere');
    await expect(pullModel('ViT-B-16')).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
  });

  test('a name that no hub knows names every hub that was asked', async () => {
    const failure = await resolveModel('someone/else', { pause: 1 }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'TUWEN_MODEL_NOT_FETCHED', value: { model: 'someone/else' } });
    expect(failure.value.reasons).toHaveLength(2);
  });

  test.each(['ViT-B-32', 'vit', './nothing/here', 'a/b/c', ''])('%j means nothing', async (name) => {
    const code = name === '' ? 'TUWEN_MODEL_NOT_CHOSEN' : 'TUWEN_MODEL_UNKNOWN';
    await expect(resolveModel(name)).rejects.toMatchObject({ code });
    expect(hub.requests).toEqual([]);
  });

  test('a repository without weights is refused by what it holds', async () => {
    hub.repositories.set('org/empty', new Map([['main', { 'README.md': new Uint8Array(1) }]]));
    await expect(resolveModel('org/empty', { hub: 'huggingface' })).rejects.toMatchObject({
      code: 'TUWEN_REPOSITORY_UNSUPPORTED',
      value: { found: ['README.md'] },
    });
  });

  test('one .pt file is enough, with the configurations beside it', async () => {
    const names = ['clip_cn_tiny.pt', 'ViT-tiny.json', 'BERT-tiny-chinese.json'];
    serve('org/cn', 'main', 'tiny-cn', names);
    const vocabulary = { 'vocab.txt': checkpointFiles().get('tiny-hf-1k/vocab.txt')! };
    const files = {
      ...hub.repositories.get('org/cn')!.get('main'),
      ...vocabulary,
      'notes.pth': new Uint8Array(9),
    };
    hub.repositories.set('org/cn', new Map([['main', files]]));
    await using clip = await loadClip('org/cn', { threads: 1 });
    expect(clip.info.layout).toBe('cn_clip');
    expect(askedFor().filter((path) => path.endsWith('notes.pth'))).toEqual([]);
  });
});

describe("ModelScope's pipeline models", () => {
  const ID = 'multi-modal_clip-vit-base-patch16_zh';
  const NAMES = [
    'configuration.json',
    'vision_model_config.json',
    'text_model_config.json',
    'vocab.txt',
    'pytorch_model.bin',
  ];

  test('come in the revision without optimizer unless another is asked for', async () => {
    for (const revision of ['v1.0.0', 'v1.0.1'])
      serve(`damo/${ID}`, revision, `modelscope/${revision}`, NAMES);
    const model = `damo/${ID}`;
    const sizeAt = (path: string) => statSync(join(path, 'pytorch_model.bin')).size;
    expect(sizeAt((await resolveModel(model)).path)).toBe(834_871);
    await using old = await pipeline(Tasks.multi_modal_embedding, {
      model,
      model_revision: 'v1.0.0',
      threads: 1,
    });
    expect(askedFor().filter((path) => path.includes('Revision=v1.0.0')).length).toBeGreaterThan(0);
    expect((await old.forward({ text: '猫' })).text_embedding!.count).toBe(1);
    expect(sizeAt((await resolveModel(model, { revision: 'v1.0.0', offline: true })).path)).toBe(1_486_155);
    const missing = pipeline(Tasks.multi_modal_embedding, { model, model_revision: 'v9' });
    await expect(missing).rejects.toMatchObject({ code: 'TUWEN_MODEL_NOT_FETCHED' });
  });

  test('answer to the name the organisation has now', async () => {
    serve(`iic/${ID}`, 'v1.0.1', 'modelscope/v1.0.1', NAMES);
    expect((await resolveModel(`damo/${ID}`)).repository?.id).toBe(`iic/${ID}`);
    expect(askedFor().some((path) => path.startsWith('/api/models'))).toBe(false);
  });
});

// Every test starts programs, on a machine that may be busy.
describe('the command line', { timeout: 240_000 }, () => {
  const MATCH = ['match', PICTURE, '猫', '狗', '--model', 'org/name', '--threads', '1', '--json'];

  test('downloads a model at its first use, and needs no hub after that', async () => {
    const first = await run(MATCH);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({ model: 'org/name' });
    const asked = hub.requests.length;
    const offline = await run(MATCH, { HF_HUB_OFFLINE: '1', TUWEN_OFFLINE: '1' });
    expect(offline).toEqual(first);
    expect(hub.requests.length).toBe(asked);
  });

  test('model use, list and pull', async () => {
    hub.repositories.set('OFA-Sys/chinese-clip-rn50', hub.repositories.get('org/name')!);
    const used = await run(['model', 'use', 'RN50', '--json']);
    expect(used).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(used.out)).toEqual({ model: 'RN50', path: null, bytes: 307_958_148 });
    expect(hub.requests).toEqual([]);
    const pulled = await run(['model', 'pull', '--json']);
    expect(pulled).toMatchObject({ code: 0, err: '' });
    const { path, ...rest } = JSON.parse(pulled.out);
    expect(rest).toEqual({
      model: 'RN50',
      hub: 'huggingface',
      repository: 'OFA-Sys/chinese-clip-rn50',
      revision: null,
    });
    expect(readFileSync(join(path, 'vocab.txt'))).toEqual(Buffer.from(FILES['vocab.txt']!));
    const list = JSON.parse((await run(['model', 'list', '--json'])).out);
    expect(list.default).toBe('RN50');
    expect(list.models.map(({ name }: { name: string }) => name)).toEqual([
      'mini',
      'RN50',
      'ViT-B-16',
      'ViT-L-14',
      'ViT-L-14-336',
      'ViT-H-14',
    ]);
    expect(list.models[1].path).toBe(path);
    expect(list.models[2].path).toBe(null);
    const match = await run(['match', PICTURE, '猫', '--threads', '1', '--json']);
    expect(match).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(match.out).model).toBe('RN50');
  });

  test('model use takes no name that means nothing', async () => {
    expect((await run(['model', 'use', 'org/nothing', '--hub', 'huggingface'])).err).toContain(
      'TUWEN_REPOSITORY_MISSING',
    );
    expect((await run(['model', 'use', 'nothing'])).err).toContain('TUWEN_MODEL_UNKNOWN');
    expect((await run(['model', 'use', 'org/name', '--offline'])).err).toContain('TUWEN_OFFLINE');
    const none = await run(['match', PICTURE, '猫']);
    expect(none).toMatchObject({ code: 2, out: '' });
    expect(none.err).toContain('tuwen model use ViT-B-16 (753 MB');
    expect((await run(['model', 'use', 'org/name'])).code).toBe(0);
    expect(hub.downloads).toEqual([]);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('after %s in mid-file a second run goes on', async (signal) => {
    const { fault, stalled } = stallingAt(2_000_000);
    hub.fault = fault;
    const child = start(['model', 'pull', 'org/name'], { env: env() });
    const end = ended(child);
    await stalled;
    await written();
    child.kill(signal);
    const { code, err } = await end;
    if (signal === 'SIGINT')
      expect({ code, stopping: err.includes('Stopping') }).toEqual({ code: 130, stopping: true });
    const partial = partialWeights();
    const names = readdirSync(home, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.endsWith('model.safetensors'))).toEqual([]);
    const again = await run(['model', 'pull', 'org/name', '--json']);
    expect(again.code).toBe(0);
    expect(hub.downloads[1]!.range).toBe(`bytes=${partial!.size}-${WEIGHTS - 1}`);
    const { path } = JSON.parse(again.out);
    expect(readFileSync(join(path, 'model.safetensors')).equals(FILES['model.safetensors']!)).toBe(true);
    expect(partials()).toEqual([]);
  });

  test('two programs that want the same model download it once', async () => {
    const { fault, stalled } = stallingAt(1_000_000);
    hub.fault = fault;
    const first = start(['model', 'pull', 'org/name'], { env: env({ TUWEN_HUB_TIMEOUT: '3' }) });
    const firstEnd = ended(first);
    await stalled;
    const second = await run(['model', 'pull', 'org/name']);
    expect([(await firstEnd).code, second.code]).toEqual([0, 0]);
    expect(hub.downloads.map(({ range }) => range?.startsWith('bytes='))).toEqual([undefined, true]);
  });
});
