/** What went wrong, around an error of the library. */
export const en = {
  title: 'error:',
  code: (code: string) => ` [${code}]`,
  unexpected: 'This is a fault in tuwen itself:',
  seeHelp: (command: string) => `See ${command} --help.`,
  unread: (count: number) => `${count} could not be read and were left out.`,
  notUtf8: 'not UTF-8 text',
  longLine: (line: number) => `line ${line} is too long`,
  badLine: (line: number, expected: string) => `line ${line} is not ${expected}`,
  noLines: (path: string) => `${path} has no lines`,
};

export const zh: typeof en = {
  title: '错误：',
  code: (code) => `［${code}］`,
  unexpected: '这是 tuwen 自身的错误：',
  seeHelp: (command) => `用法见 ${command} --help。`,
  unread: (count) => `有 ${count} 个无法读取，已略过。`,
  notUtf8: '不是 UTF-8 文本',
  longLine: (line) => `第 ${line} 行过长`,
  badLine: (line, expected) => `第 ${line} 行不是 ${expected}`,
  noLines: (path) => `${path} 里没有内容`,
};
