import { row, show } from './row.ts';

/** The HTTP server. `docs/server.md` has the status each becomes. */
export const SERVER = {
  TUWEN_REQUEST_INVALID: row<{ field: string; en: string; zh: string }>(
    [
      (v) => `${v.field || 'the body'}: ${v.en}`,
      () => 'See /openapi.json for what each route takes, or read it at /docs.',
    ],
    [(v) => `${v.field || '请求体'}：${v.zh}`, () => '各接口的参数见 /openapi.json，或在 /docs 查看。'],
  ),
  TUWEN_BODY_NOT_JSON: row<{ reason: string }>(
    [(v) => `the body is not JSON: ${v.reason}`, () => 'Send one JSON object, in UTF-8.'],
    [(v) => `请求体不是 JSON：${v.reason}`, () => '请发送一个 UTF-8 编码的 JSON 对象。'],
  ),
  TUWEN_BODY_TYPE: row<{ header: string; got: string }>(
    [
      (v) => `${v.header}: ${show(v.got)} is not accepted`,
      () => 'Send the body as application/json, uncompressed.',
    ],
    [(v) => `不接受 ${v.header}：${show(v.got)}`, () => '请以 application/json 发送，不要压缩。'],
  ),
  TUWEN_BODY_TOO_LARGE: row<{ limit: number }>(
    [
      (v) => `the body is longer than ${v.limit} bytes`,
      () => 'Send fewer or smaller pictures in one request, or start the server with a larger limit.',
    ],
    [(v) => `请求体超过 ${v.limit} 字节`, () => '请减少每次请求的图片数或图片大小，或调高服务的上限。'],
  ),
  TUWEN_KEY_REFUSED: row<Record<string, never>>(
    [
      () => 'no valid API key',
      () => 'Send the key the server was started with: Authorization: Bearer <key>.',
    ],
    [() => '缺少有效的 API 密钥', () => '请发送启动服务时所设的密钥：Authorization: Bearer <密钥>。'],
  ),
  TUWEN_HOST_REFUSED: row<{ host: string }>(
    [
      (v) => `this server does not go by the name ${show(v.host)}`,
      () => 'Use the address the server printed; to reach it by another name, start it with --host.',
    ],
    [
      (v) => `本服务没有 ${show(v.host)} 这个名字`,
      () => '请使用服务启动时打印的地址；如需用其他名字访问，请用 --host 启动。',
    ],
  ),
  TUWEN_ROUTE_UNKNOWN: row<{ method: string; path: string }>(
    [(v) => `nothing at ${v.method} ${v.path}`, () => 'See /docs for the routes there are.'],
    [(v) => `没有 ${v.method} ${v.path}`, () => '现有接口见 /docs。'],
  ),
  TUWEN_METHOD_REFUSED: row<{ method: string; path: string; allowed: readonly string[] }>(
    [(v) => `${v.path} does not take ${v.method}`, (v) => `Use ${v.allowed.join(', ')}.`],
    [(v) => `${v.path} 不接受 ${v.method}`, (v) => `请用 ${v.allowed.join('、')}。`],
  ),
  TUWEN_MODEL_NOT_SERVED: row<{ model: string; served: readonly string[] }>(
    [
      (v) => `this server has no model ${show(v.model)}`,
      (v) =>
        `Name ${v.served.join(' or ')}, or leave model out; the server may be given more names by --alias.`,
    ],
    [
      (v) => `本服务没有模型 ${show(v.model)}`,
      (v) => `请使用 ${v.served.join(' 或 ')}，或省略 model；启动服务时可用 --alias 添加别名。`,
    ],
  ),
  TUWEN_MODEL_LOADING: row<Record<string, never>>(
    [() => 'the model is still loading', () => 'Try again in a moment; /health says when it is ready.'],
    [() => '模型仍在加载', () => '请稍后重试；可通过 /health 查看是否就绪。'],
  ),
  TUWEN_SERVER_BUSY: row<{ what: 'texts' | 'pictures' | 'bytes'; limit: number; retryAfter: number }>(
    [
      (v) => `the server is busy: it takes at most ${v.limit} ${v.what} at a time`,
      (v) => `Try again in ${v.retryAfter} s.`,
    ],
    [
      (v) =>
        `服务繁忙：最多同时处理 ${v.limit} ${{ texts: '段文本', pictures: '张图片', bytes: '字节' }[v.what]}`,
      (v) => `请在 ${v.retryAfter} 秒后重试。`,
    ],
  ),
  TUWEN_BODY_LATE: row<{ seconds: number }>(
    [
      (v) => `the body did not arrive within ${v.seconds} s`,
      () => 'Send it faster, or in smaller pieces of work.',
    ],
    [(v) => `请求体没有在 ${v.seconds} 秒内到达`, () => '请加快发送，或把工作分成更小的请求。'],
  ),
  TUWEN_DEADLINE: row<{ seconds: number }>(
    [
      (v) => `no answer within ${v.seconds} s`,
      () => 'Ask for less in one request, or start the server with a longer --deadline.',
    ],
    [(v) => `${v.seconds} 秒内没有完成`, () => '请减少每次请求的内容，或用更长的 --deadline 启动服务。'],
  ),
  TUWEN_SERVER_STOPPING: row<Record<string, never>>(
    [() => 'the server is stopping', () => 'Try again when it has been started anew.'],
    [() => '服务正在停止', () => '请在服务重新启动后重试。'],
  ),
  TUWEN_URL_REFUSED: row<{ source: string; reason: UrlFault }>(
    [
      (v) => `${v.source}: ${URL_FAULTS[v.reason].en}`,
      () => 'Send the picture itself, as base64 or a data: URL.',
    ],
    [(v) => `${v.source}：${URL_FAULTS[v.reason].zh}`, () => '请直接发送图片：base64 或 data: 网址。'],
  ),
  TUWEN_ADDRESS_UNAVAILABLE: row<{ host: string; port: number; reason: string }>(
    [
      (v) => `cannot listen on ${v.host}, port ${v.port}: ${v.reason}`,
      () => 'Choose another --port or --host; --port 0 takes any free port.',
    ],
    [
      (v) => `无法监听 ${v.host} 的端口 ${v.port}：${v.reason}`,
      () => '请换用其他 --port 或 --host；--port 0 表示任选一个空闲端口。',
    ],
  ),
} as const;

/** Why the address of a picture is not followed. */
export type UrlFault = keyof typeof URL_FAULTS;

const URL_FAULTS = {
  off: { en: 'this server does not fetch addresses', zh: '本服务不下载网址' },
  protocol: { en: 'only http and https addresses are fetched', zh: '只下载 http 与 https 网址' },
  credentials: { en: 'addresses with a user name are not fetched', zh: '不下载带用户名的网址' },
  address: { en: 'it leads to an address that is not public', zh: '它指向非公网地址' },
  redirects: { en: 'it redirects too often', zh: '重定向次数过多' },
} as const;
