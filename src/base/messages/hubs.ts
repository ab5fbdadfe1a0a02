import { inChinese } from './phrases.ts';
import { row, show } from './row.ts';

/** Hubs and downloads. `hub` is a name people know: Hugging Face, ModelScope. */
export const HUBS = {
  TUWEN_HUB_UNREACHABLE: row<{ hub: string; address: string; reason: string }>(
    [
      (v) => `${v.hub} does not answer (${v.address}): ${v.reason}`,
      () =>
        'Check the connection and HTTPS_PROXY, name a mirror (HF_ENDPOINT), or ask the other hub (TUWEN_HUB=modelscope), then run it again.',
    ],
    [
      (v) => `${v.hub} 没有应答（${v.address}）：${v.reason}`,
      () =>
        '请检查网络与 HTTPS_PROXY，或指定镜像（HF_ENDPOINT），或改用另一个模型库（TUWEN_HUB=modelscope），然后重试。',
    ],
  ),
  TUWEN_HUB_REFUSED: row<{ hub: string; repository: string; status: number; reason: string }>(
    [
      (v) => `${v.hub} does not give out ${v.repository}: ${v.status} ${v.reason}`.trim(),
      (v) =>
        `Accept the terms on the model's page where there are any, and set ${tokenOf(v.hub)} to a token that may read it; one that has expired is refused too.`,
    ],
    [
      (v) => `${v.hub} 拒绝提供 ${v.repository}：${v.status} ${v.reason}`.trim(),
      (v) =>
        `如模型主页要求同意条款，请先同意；并把 ${tokenOf(v.hub)} 设为有读取权限的令牌。令牌过期也会被拒绝。`,
    ],
  ),
  TUWEN_REPOSITORY_MISSING: row<{ hub: string; repository: string; revision: string }>(
    [
      (v) => `${v.hub} has no ${v.repository} at revision ${v.revision}`,
      () => 'Check the name and the revision; a private repository needs a token.',
    ],
    [
      (v) => `${v.hub} 上没有 ${v.repository}（版本 ${v.revision}）`,
      () => '请检查名称与版本；私有仓库需要令牌。',
    ],
  ),
  TUWEN_REPOSITORY_UNSUPPORTED: row<{ repository: string; found: readonly string[] }>(
    [
      (v) => `${v.repository} holds no Chinese-CLIP weights that can be read; it has ${v.found.join(', ')}`,
      () => 'Name a repository with model.safetensors, pytorch_model.bin or one .pt file.',
    ],
    [
      (v) => `${v.repository} 里没有可读的 Chinese-CLIP 权重；其中有 ${v.found.join('、')}`,
      () => '请使用含有 model.safetensors、pytorch_model.bin 或单个 .pt 文件的仓库。',
    ],
  ),
  TUWEN_HUB_ANSWER_INVALID: row<{ address: string; reason: string }>(
    [
      (v) => `${v.address} does not answer as a hub does: ${v.reason}`,
      () => 'Check the address of the mirror and the proxy.',
    ],
    [(v) => `${v.address} 的应答不符合模型库的协议：${inChinese(v.reason)}`, () => '请检查镜像地址与代理。'],
  ),
  TUWEN_DOWNLOAD_FAILED: row<{ file: string; received: number; bytes: number; reason: string }>(
    [
      (v) => `${v.file} did not arrive whole (${v.received} of ${v.bytes} bytes): ${v.reason}`,
      () => 'Run it again: it goes on where it stopped.',
    ],
    [
      (v) => `${v.file} 未下载完整（${v.received} / ${v.bytes} 字节）：${v.reason}`,
      () => '请再次运行，会从断点继续。',
    ],
  ),
  TUWEN_DOWNLOAD_CORRUPT: row<{ file: string; expected: string; got: string }>(
    [
      (v) => `${v.file} is not what the hub announced: ${v.got}, expected ${v.expected}`,
      () => 'It was thrown away. Run it again; if it happens again, use another mirror or hub.',
    ],
    [
      (v) => `${v.file} 与模型库公布的不符：得到 ${v.got}，应为 ${v.expected}`,
      () => '该文件已丢弃。请再次运行；若仍如此，请换用其他镜像或模型库。',
    ],
  ),
  TUWEN_DISK_FULL: row<{ path: string; needed: number; free: number }>(
    [
      (v) => `${megabytes(v.needed)} MB are needed in ${v.path}, ${megabytes(v.free)} MB are free`,
      () => 'Make room, or name another folder: HF_HUB_CACHE, MODELSCOPE_CACHE or TUWEN_HOME.',
    ],
    [
      (v) => `${v.path} 需要 ${megabytes(v.needed)} MB，只剩 ${megabytes(v.free)} MB`,
      () => '请腾出空间，或改用其他文件夹：HF_HUB_CACHE、MODELSCOPE_CACHE 或 TUWEN_HOME。',
    ],
  ),
  TUWEN_OFFLINE: row<{ model: string }>(
    [
      (v) => `${show(v.model)} is not on this machine, and downloads are switched off`,
      (v) =>
        `Download it where there is a network (tuwen model pull ${v.model}), or unset TUWEN_OFFLINE and HF_HUB_OFFLINE.`,
    ],
    [
      (v) => `本机没有 ${show(v.model)}，而下载已关闭`,
      (v) => `请在联网时下载（tuwen model pull ${v.model}），或取消 TUWEN_OFFLINE 与 HF_HUB_OFFLINE。`,
    ],
  ),
  TUWEN_MODEL_NOT_FETCHED: row<{ model: string; reasons: readonly string[] }>(
    [
      (v) => `no hub gives ${show(v.model)}: ${v.reasons.join('; ')}`,
      () =>
        'Check the name and the connection; HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy, TUWEN_HUB the hubs to ask.',
    ],
    [
      (v) => `各模型库都未能提供 ${show(v.model)}：${v.reasons.join('；')}`,
      () => '请检查名称与网络；HF_ENDPOINT 指定镜像，HTTPS_PROXY 指定代理，TUWEN_HUB 指定要访问的模型库。',
    ],
  ),
} as const;

function tokenOf(hub: string): string {
  return hub === 'ModelScope' ? 'MODELSCOPE_API_TOKEN' : 'HF_TOKEN';
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
