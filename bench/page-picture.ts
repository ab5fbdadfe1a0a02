/**
 * `npx tsx bench/page-picture.ts`: pictures of the page over the shipped drawings, in a real browser: `docs/page.webp`, which
 * the README shows, and others to look at, in `build/page/`. Build first: `npm run build`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { startBrowser } from '../test/services/support/browser.ts';
import { servePage } from '../test/services/support/served-page.ts';
import { ROOT } from './paths.ts';

const SEEN = [
  { name: 'zh-light', locale: 'zh-CN', colours: 'light', width: 1120, height: 560, words: '拉小提琴' },
  { name: 'en-dark', locale: 'en-US', colours: 'dark', width: 1120, height: 640, words: '自行车' },
  { name: 'zh-phone', locale: 'zh-CN', colours: 'dark', width: 390, height: 780, words: '雪山' },
  { name: 'en-phone', locale: 'en-US', colours: 'light', width: 390, height: 780, words: '' },
] as const;

const folder = join(ROOT, 'build/page');
await mkdir(folder, { recursive: true });
const browser = await startBrowser();
const served = await servePage({ copies: 0 });
try {
  for (const { name, locale, colours, width, height, words } of SEEN) {
    const page = await browser.newPage({ locale, colorScheme: colours, viewport: { width, height } });
    await page.goto(served.address);
    if (words !== '') {
      await page.getByRole('searchbox').fill(words);
      await page.keyboard.press('Enter');
      await page.locator('.card img').first().waitFor();
    }
    await page.waitForLoadState('networkidle');
    const picture = await page.screenshot();
    await writeFile(join(folder, `${name}.png`), picture);
    if (name === 'zh-light') await sharp(picture).webp({ quality: 80 }).toFile(join(ROOT, 'docs/page.webp'));
    await page.close();
  }
} finally {
  await browser.close();
  await served.stop();
}
