/** Pictures and texts of many kinds for the comparison of vectors. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../src/train/index.ts';
import { picture } from './inputs.ts';
import { buildPath } from './paths.ts';

/** Sizes that shrink, grow, keep and squash a picture on its way to 224 × 224. */
const SIZES = [
  [640, 480],
  [224, 224],
  [97, 61],
  [1024, 300],
  [333, 777],
  [225, 223],
] as const;

const TEXTS = [
  '杰尼龟',
  '皮卡丘',
  '',
  '一只在雪地里奔跑的小狗',
  '两个孩子在海边放风筝,远处有一艘白色的帆船。',
  '2024年春节:过年喜庆对联、红灯笼和福字',
  'iPhone 15 Pro Max 手机壳 magsafe',
  '夏季新款法式碎花连衣裙女收腰显瘦气质长裙中长款高腰裙子沙滩裙海边度假旅游拍照仙女裙温柔风甜美小清新学生百搭时尚',
];

/** Writes PNG files, `pictures.json` (their names) and `texts.json`; returns the folder. */
export async function writeFidelityInputs(): Promise<string> {
  const folder = buildPath('fidelity');
  await mkdir(folder, { recursive: true });
  const random = createRandom(2);
  const names = SIZES.map(([width, height]) => `${width}x${height}.png`);
  for (const [i, [width, height]] of SIZES.entries()) {
    const raw = { width, height, channels: 3 } as const;
    await sharp(picture(random, width, height), { raw })
      .png()
      .toFile(join(folder, names[i]!));
  }
  await writeFile(join(folder, 'pictures.json'), JSON.stringify(names));
  await writeFile(join(folder, 'texts.json'), JSON.stringify(TEXTS));
  return folder;
}
