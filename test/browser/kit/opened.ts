import { type Page } from 'playwright-core';
import { Market } from '../../stories/kit/market.js';
import { Chromium } from './chromium.js';

/** One market and one browser for all tests of a file; after each of them no page may have complained. */
export function openedForAll(use: (opened: { market: Market; browser: Chromium }) => void): void {
  let market: Market;
  let browser: Chromium;
  beforeAll(async () => {
    market = await Market.open();
    browser = await Chromium.open(market);
    use({ market, browser });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await market.close();
  });
  afterEach(() => expect(browser.complaints.splice(0)).toEqual([]));
}

/** An office's screen; without it a page is opened on a phone. */
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** A picture of what the phone shows, for who asked for pictures. */
export async function shot(page: Page, name: string, how: { fullPage?: boolean } = {}): Promise<void> {
  const folder = process.env.PICTURES_TO;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, ...how });
}
export const wholeShot = (page: Page, name: string) => shot(page, name, { fullPage: true });
