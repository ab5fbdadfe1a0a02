/** tuwen serve. */
export const en = {
  about:
    'An HTTP API over a model: vectors, match probabilities, labels; for programs that speak OpenAI or Jina.',
  host: 'address to listen on; default 127.0.0.1, which only this machine reaches',
  port: 'port to listen on; default 8787; 0 takes any free one',
  apiKey: 'key that callers must send; else what TUWEN_API_KEY names',
  alias: 'one more name under which callers may ask for the model; may be given again',
  collection: 'collection that may be searched; may be given again; default: all of this machine',
  store: 'where collections are kept: embedded (default) or milvus://host:port',
  cors: 'origin whose web pages may use the API, such as https://example.org',
  allowImageUrls: 'fetch pictures whose address is sent, from the public network only',
  maxBody: 'longest body of a request, in MiB; default 32',
  deadline: 'how long a request may take, in seconds; default 60',
  logLevel: 'what is logged, as lines of JSON on standard error; default info',
  after: `Example:
tuwen serve --model <folder of a Chinese-CLIP checkpoint>`,
  listening: (address: string) => `Listening on ${address} (the API: ${address}/docs). Ctrl-C ends it.`,
  ready: (model: string) => `${model} is loaded. Try:`,
  key: '<the key>',
  open: (host: string) =>
    `Anyone who reaches ${host} can use this server: set --api-key, or keep it behind something that asks.`,
};

export const zh: typeof en = {
  about: '以 HTTP 接口提供模型：向量、匹配概率、标签；适用于按 OpenAI 或 Jina 格式调用的程序。',
  host: '监听的地址，默认 127.0.0.1，只有本机可以访问',
  port: '监听的端口，默认 8787；0 表示任选一个空闲端口',
  apiKey: '调用方必须发送的密钥；不写时用 TUWEN_API_KEY 的值',
  alias: '模型的别名，调用方可用它指定模型；可重复使用',
  collection: '可供搜索的图库，可重复使用；默认为本机的全部图库',
  store: '图库的存储：embedded（默认）或 milvus://host:port',
  cors: '允许哪个来源的网页使用接口，例如 https://example.org',
  allowImageUrls: '允许按网址下载图片，仅限公网',
  maxBody: '请求体的上限，以 MiB 计，默认 32',
  deadline: '一次请求的时限，以秒计，默认 60',
  logLevel: '记录哪些日志（标准错误上的 JSON 行），默认 info',
  after: `例：
tuwen serve --model <Chinese-CLIP 权重文件夹>`,
  listening: (address) => `正在监听 ${address}（接口说明：${address}/docs）。按 Ctrl-C 结束。`,
  ready: (model) => `${model} 已加载。可以试试：`,
  key: '<密钥>',
  open: (host) => `凡能访问 ${host} 的人都能使用本服务：请设置 --api-key，或置于有身份验证的网关之后。`,
};
