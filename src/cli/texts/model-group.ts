/** tuwen model: the commands on models themselves. */
export const en = {
  about: 'Models: list, choose and download them, and what to do with them beside running them.',
};

export const zh: typeof en = {
  about: '模型本身的操作：列出、选定、下载等。',
};
