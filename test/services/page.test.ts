/** The page in a real browser, over the built program and the shipped pictures. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../support/package.ts';
import { startBrowser } from './support/browser.ts';
import { type ServedPage, servePage } from './support/served-page.ts';

const WATERMELON = join(ROOT, 'examples/pictures/西瓜.png');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let served: ServedPage;
let page: Page;
/** What the browser complained of. */
let complaints: string[];

beforeAll(async () => {
  browser = await startBrowser();
  served = await servePage({ copies: 30 });
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
});
beforeEach(async () => {
  page = await browser.newPage({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(served.address);
});
afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

const firstName = () => page.locator('.card .name').first().textContent();

async function search(words: string): Promise<void> {
  await page.getByRole('searchbox').fill(words);
  await page.keyboard.press('Enter');
  await page.locator('.card img').first().waitFor();
}

async function seriousFaults(): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
}

test('finds pictures by words, and draws only those near the window', async () => {
  await search('自行车');
  expect(await firstName()).toContain('自行车');
  expect(await page.locator('.found').textContent()).toContain('248');
  await page.waitForFunction(() => {
    scrollTo(0, document.body.scrollHeight);
    return document.querySelector('.end');
  });
  expect(await page.locator('.grid .card[data-index="247"]').count()).toBe(1);
  expect(await page.locator('.grid .card').count()).toBeLessThan(60);
});

test('finds pictures by one that is dropped, and by one that was found', async () => {
  const bytes = readFileSync(WATERMELON).toString('base64');
  await page.locator('.welcome').waitFor();
  await page.evaluate((base64) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], '瓜.png'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true }));
  }, bytes);
  await page.locator('.card img').first().waitFor();
  expect(await firstName()).toContain('西瓜');
  await page.locator('.card .open').first().click();
  await page.getByRole('dialog').getByRole('button', { name: '找相似' }).click();
  await page.waitForURL(/like=/);
  await page.goBack();
  await page.waitForURL(/picture=/);
});

test('speaks both languages, and says what is wrong with the remedy of the server', async () => {
  await page.getByRole('button', { name: 'English' }).click();
  expect(await page.getByRole('searchbox').getAttribute('aria-label')).toContain('in Chinese');
  await search('龙');
  await page.locator('.filters summary').click();
  await page.getByLabel('Expression').fill('nonsense');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('TUWEN_WHERE_INVALID').waitFor();
  // The browser itself tells of the status.
  complaints = complaints.filter((complaint) => !complaint.includes('422'));
});

test('says which name fits', async () => {
  await page.getByRole('link', { name: '看图选词' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.locator('.choose').click();
  await (await chooser).setFiles(WATERMELON);
  await page.getByLabel('名称').fill('足球\n西瓜\n雪山');
  await page.getByRole('button', { name: '开始判断' }).click();
  await page.locator('.bars li').first().waitFor();
  expect(await page.locator('.bars li').first().textContent()).toMatch(/^西瓜.*%$/);
});

test('is reached by keys', async () => {
  await page.locator('.welcome').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('雪山');
  await page.keyboard.press('Enter');
  await page.locator('.card .open').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement?.closest('[data-index="1"]'));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.closest('[data-index="1"]'));
});

test.each(['light', 'dark'] as const)(
  'has no serious fault for anyone, wide or narrow, %s',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await search('饺子');
    expect(await seriousFaults()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await seriousFaults()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  },
);
