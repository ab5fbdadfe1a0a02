/** The page of a training run in a real browser, over a run that was made for it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, openTrainingPage, PAGES } from '../../src/cli/training-page/open.ts';
import { fixture } from '../support/fixtures.ts';
import { built } from '../support/package.ts';
import { run } from '../support/training-run.ts';
import { startBrowser } from './support/browser.ts';

let browser: Browser;
let folder: string;
let opened: OpenPage;
beforeAll(async () => {
  built();
  browser = await startBrowser();
  folder = await mkdtemp(join(tmpdir(), 'tuwen-training-page-'));
  await run({ logs: folder, name: 'run', 'max-steps': 12, 'valid-step-interval': 3 });
  const data = { path: fixture('lmdb/tsv'), split: 'valid' };
  opened = await openTrainingPage({ folder: join(folder, 'run'), port: 0, pages: PAGES, data });
});
afterAll(async () => {
  await browser?.close();
  await opened?.close();
  await rm(folder, { recursive: true });
});

test.each([
  { locale: 'zh-CN', colorScheme: 'light', width: 1280 },
  { locale: 'en-GB', colorScheme: 'dark', width: 390 },
] as const)('shows curves and samples: %o', async ({ locale, colorScheme, width }) => {
  const page = await browser.newPage({ locale, colorScheme, viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(opened.address);
  await page.locator('.chart svg').first().waitFor();
  expect(await page.locator('.chart').count()).toBe(7);
  expect(await page.locator('.place').textContent()).toContain(
    locale === 'zh-CN' ? '第 12 / 12 步' : 'step 12 of 12',
  );
  await page.locator('.samples img').first().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>('.samples img')].every((image) => image.naturalWidth > 0),
  );
  expect(await page.locator('.samples .right').count()).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  expect(violations.map(({ id, impact }) => `${impact} ${id}`)).toEqual([]);
  if (process.env.TUWEN_SCREENSHOTS)
    await page.screenshot({ path: join(process.env.TUWEN_SCREENSHOTS, `${locale}.png`), fullPage: true });
  await page.close();
  expect(complaints).toEqual([]);
});
