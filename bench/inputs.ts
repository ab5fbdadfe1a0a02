/** Pictures and texts that every engine gets alike, written where the peers can read them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, type Random } from '../src/train/index.ts';
import { buildPath } from './paths.ts';
import { HEIGHT, WIDTH } from './size.ts';

export const COUNT = 32;

/** Lengths of texts, with the tokens [CLS] and [SEP]; 52 is the longest Chinese-CLIP was trained with. */
export const TOKENS = [12, 32, 52] as const;

const FOLDER = buildPath('inputs');

/** Writes `pictures.rgb` (COUNT pictures, HEIGHT × WIDTH × 3 bytes each) and `texts.json` (lists by length). */
export async function writeInputs(): Promise<string> {
  const random = createRandom(1);
  const pictures = Buffer.concat(Array.from({ length: COUNT }, () => picture(random)));
  const texts = Object.fromEntries(
    TOKENS.map((tokens) => [tokens, Array.from({ length: COUNT }, () => text(random, tokens - 2))]),
  );
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, 'pictures.rgb'), pictures);
  await writeFile(join(FOLDER, 'texts.json'), JSON.stringify(texts));
  return FOLDER;
}

/** Overlapping waves and some noise: no two alike, neither flat nor pure noise. */
export function picture(random: Random, width = WIDTH, height = HEIGHT): Uint8Array {
  const waves = Array.from({ length: 9 }, () => ({
    x: 0.05 * random.normal(),
    y: 0.05 * random.normal(),
    phase: 2 * Math.PI * random.uniform(),
    weight: 40 * random.uniform(),
  }));
  const base = [0, 1, 2].map(() => 64 + 128 * random.uniform());
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++, at++) {
        let value = base[channel]! + 8 * (random.uniform() - 0.5);
        for (const wave of waves.slice(3 * channel, 3 * channel + 3))
          value += wave.weight * Math.sin(wave.x * x + wave.y * y + wave.phase);
        pixels[at] = value;
      }
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** Common characters, each of which is one token. */
const CHARACTERS = [
  ...'的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严',
];

/** A text of so many characters. */
function text(random: Random, length: number): string {
  return Array.from({ length }, () => CHARACTERS[random.below(CHARACTERS.length)]!).join('');
}
