/** Long work. */
export const en = {
  images: 'pictures',
  texts: 'texts',
  timeLeft: (time: string) => `${time} left`,
  stopping: 'Stopping. Press Ctrl-C again to end at once.',
};

export const zh: typeof en = {
  images: '图片',
  texts: '文字',
  timeLeft: (time) => `剩余 ${time}`,
  stopping: '正在停止。再按一次 Ctrl-C 立即结束。',
};
