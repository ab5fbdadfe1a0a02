/** tuwen match. */
export const en = {
  about: 'How well texts fit a picture: probabilities among these texts, and cosines.',
  image: 'path or address of a picture',
  text: 'texts to choose from',
  after: `Example:
tuwen match photo.jpg 猫 狗 '一只戴着眼镜的猫'`,
  columns: { text: 'text', probability: 'probability', cosine: 'cosine' },
};

export const zh: typeof en = {
  about: '一张图片与几段文字的匹配程度：在这些文字之间的概率，以及余弦。',
  image: '图片的路径或网址',
  text: '供选择的文字',
  after: `例：
tuwen match 照片.jpg 猫 狗 一只戴着眼镜的猫`,
  columns: { text: '文字', probability: '概率', cosine: '余弦' },
};
