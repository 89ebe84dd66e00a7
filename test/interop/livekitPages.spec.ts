import { existsSync } from 'node:fs';
import { type Page } from 'playwright-core';
import { type Stage } from '@qingpai/wire';
import { Chromium, PAPER_CAMERA } from '../browser/kit/chromium.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { until } from '../video/kit/peers.js';
import { API_KEY, API_SECRET, liveKit, LIVEKIT_VERSION, LiveKitNode, nodePorts } from './kit/liveKit.js';

/** The pages of the house in Chromium, with the real LiveKit in the relay's place: nothing of them is told which it is. */
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
const WITHIN_MS = 45_000;
const PHONE = { viewport: { width: 390, height: 844 } };
const hasChromium = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].some((path) => path && existsSync(path));
const missing = [...(liveKit ? [] : [`LiveKit ${LIVEKIT_VERSION}`]), ...(hasChromium ? [] : ['Chromium'])];
const title = (what: string) =>
  missing.length > 0 ? `${what} (not run: ${missing.join(', ')} could not be had)` : what;
const it = missing.length > 0 ? test.skip : test;

let market: Market;
let node: LiveKitNode;
let browser: Chromium;
let elsewhere = '';
beforeAll(async () => {
  if (missing.length > 0) return;
  const ports = await nodePorts();
  elsewhere = `http://127.0.0.1:${ports.http}`;
  market = await Market.open({
    LIVEKIT_URL: `ws://127.0.0.1:${ports.http}`,
    LIVEKIT_API_KEY: API_KEY,
    LIVEKIT_API_SECRET: API_SECRET,
  });
  node = await LiveKitNode.open(ports, { webhook: `${market.origin}/api/stage/news` });
  browser = await Chromium.open(market, PAPER_CAMERA);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await market?.close();
  await node?.close();
});

const stageOf = (showId: string) => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
const framesOf = (page: Page) =>
  page.evaluate<number>(
    "document.querySelector('.live-film video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0",
  );
async function picture(page: Page): Promise<void> {
  await page.waitForSelector('.live-film.shows', { state: 'attached', timeout: WITHIN_MS });
  const before = await framesOf(page);
  await until(async () => (await framesOf(page)) > before + 20, 'frames are shown', WITHIN_MS);
}
const chosen = (page: Page, mode: string) =>
  page
    .locator('button.live-pill')
    .first()
    .click()
    .then(() => page.locator('.live-menu').getByText(mode, { exact: true }).click());

it(
  title('a host goes on air, a guest sees it, chooses what he takes, and sees that it is put out'),
  async () => {
    const { showId, host } = await market.openShow([pot()], rules);
    await host.does({ name: 'offer', lot: 'L1' });
    const camera = { ...PHONE, permissions: ['camera', 'microphone'] };
    const hostPage = await browser.opens(`/host?show=${showId}`, await market.host(), camera);
    await hostPage.getByRole('button', { name: /^(开播|画面)$/ }).click();
    await hostPage.getByRole('button', { name: '打开摄像头开播' }).click();
    await hostPage.getByText('直播中，观众看得到').waitFor({ timeout: WITHIN_MS });
    const page = await browser.opens(`/r/${showId}`, undefined, PHONE);
    await picture(page);
    if (process.env.PICTURES_TO)
      await page.screenshot({ path: `${process.env.PICTURES_TO}/livekit-room.png` });
    const height = () => page.evaluate<number>("document.querySelector('.live-film video').videoHeight");
    await until(async () => (await height()) >= 400, 'the large picture', WITHIN_MS);
    await chosen(page, '仅声音');
    await page.waitForSelector('.live-voice', { timeout: WITHIN_MS });
    await chosen(page, '高清');
    await picture(page);
    await until(
      () => page.locator('button.live-pill').first().textContent().then((text) => Number(/([\d.]+) MB/.exec(text ?? '')?.[1]) > 0),
      'the bytes are counted',
      WITHIN_MS,
    ); // prettier-ignore
    const late = await browser.opens(`/r/${showId}`, undefined, PHONE);
    await picture(late);
    await hostPage.goto(`${market.origin}/healthz`);
    await until(
      async () => (await stageOf(showId)).state === 'ended',
      'a closed page puts it out',
      WITHIN_MS,
    );
    for (const one of [page, late, hostPage]) await one.context().close();
    expect(browser.complaints.filter((one) => !one.startsWith(`asked ${elsewhere}/`))).toEqual([]);
  },
  200_000,
);

it(
  title('a host’s second phone takes over from the first, which is told and stays away'),
  async () => {
    const { showId } = await market.openShow([pot()], rules);
    const camera = { ...PHONE, permissions: ['camera', 'microphone'] };
    const ask = ['POST', `/api/shows/${showId}/stage/camera`, await market.host(), {}] as const;
    const { path } = await market.must<{ path: string }>(...ask);
    const first = await browser.opens(path, undefined, camera);
    await first.getByRole('button', { name: '打开摄像头开播' }).click();
    await first.getByText('直播中，观众看得到').waitFor({ timeout: WITHIN_MS });
    const hostPage = await browser.opens(`/host?show=${showId}`, await market.host(), camera);
    await hostPage.getByRole('button', { name: /^(开播|画面)$/ }).click();
    await hostPage.getByRole('button', { name: '打开摄像头开播' }).click();
    await first.getByText('另一台手机接着拍了').waitFor({ timeout: WITHIN_MS });
    await hostPage.getByText('直播中，观众看得到').waitFor({ timeout: WITHIN_MS });
    const page = await browser.opens(`/r/${showId}`, undefined, PHONE);
    await picture(page);
    for (const one of [first, page, hostPage]) await one.context().close();
  },
  200_000,
);
