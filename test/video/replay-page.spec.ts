import { existsSync } from 'node:fs';
import * as library from 'node-datachannel';
import { type Page } from 'playwright-core';
import { type MediaAddress, type RecordingDisk, type ReplayAnswer, type Stage } from '@qingpai/wire';
import { axeFinds, Chromium, overflows } from '../browser/kit/chromium.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { TestCamera, until } from './kit/peers.js';

/** The replay in Chromium: two takes with a gap between, two lots, on a narrow phone. */
const hasChromium = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].some((path) => path && existsSync(path));
const whereChromiumIs = hasChromium ? describe : describe.skip;
const rules = { ...shortRules, openForMs: 3_000 };

whereChromiumIs('the replay page', () => {
  let market: Market;
  let browser: Chromium;
  beforeAll(async () => {
    market = await Market.open({ RECORDING_FREE_GB_MIN: '1' });
    browser = await Chromium.open(market, ['--autoplay-policy=no-user-gesture-required']);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await market.close();
  });
  const shot = async (page: Page, name: string) => {
    const folder = process.env.PICTURES_TO;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };
  const replayOf = async (showId: string) =>
    market.must<ReplayAnswer>('GET', `/api/shows/${showId}/replay`, await market.host());

  async function take(showId: string, during: () => Promise<void>): Promise<void> {
    const host = await market.host();
    const before = (await replayOf(showId)).pieces.length;
    const at = await market.must<MediaAddress>('POST', `/api/shows/${showId}/stage/publish`, host, {});
    const camera = new TestCamera(library, { codec: 'VP8', real: true });
    await camera.connect(market.origin + at.url, at.token);
    camera.start();
    const stage = () => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
    await until(async () => (await stage()).recording === 'on', 'it is recorded', 20_000);
    await during();
    await fetch(camera.resource, { method: 'DELETE', headers: { authorization: `Bearer ${at.token}` } });
    camera.close();
    await until(
      async () => (await replayOf(showId)).pieces.length > before,
      'its pieces are in the log',
      30_000,
    );
  }

  test('plays from piece to piece with the bids of the moment beside it, shows gaps, and jumps to a lot', async () => {
    const { showId, host } = await market.openShow([pot(), pot({ title: '蝴蝶兰 满天红' })], rules);
    const [wu, lin] = [await market.buyer(showId, '老吴'), await market.buyer(showId, '小林')];
    const sells = async (lot: string, sales: number) => {
      await host.does({ name: 'offer', lot });
      expect((await wu.bid(lot, 3_600)).ok).toBe(true);
      expect((await lin.bid(lot, 3_800)).ok).toBe(true);
      await until(() => Object.keys(host.state.sales).length === sales, 'the hammer falls', 20_000);
      // The camera stays on the lot for a while after the hammer.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    };
    await take(showId, () => sells('L1', 1));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await take(showId, () => sells('L2', 2));
    await host.does({ name: 'close' });

    const page = await browser.opens(`/replay/${showId}`, await market.host());
    await page.getByRole('heading', { name: '拍品' }).waitFor();
    const clock = () => page.locator('.film-times b').textContent();
    await page.getByRole('button', { name: /1 绣球/ }).click();
    await page.locator('.bids-list li').first().waitFor();
    await page.getByText('落槌').waitFor({ timeout: 20_000 });
    expect(await page.locator('.bids-list li').count()).toBe(3);
    await shot(page, 'replay-360');
    expect(await overflows(page)).toBe(false);

    await page.getByText(/没有录像/).waitFor({ timeout: 40_000 });
    await shot(page, 'replay-gap-360');
    expect(await axeFinds(page)).toEqual([]);
    const before = await clock();
    await page.getByRole('button', { name: '看下一段' }).click();
    await until(async () => (await clock()) !== before, 'it goes on');
    await page.getByRole('button', { name: /2 蝴蝶兰/ }).click();
    await page.getByText('2号拍品 蝴蝶兰 满天红').waitFor({ timeout: 20_000 });

    const clip = await page.getByRole('link', { name: '成交片段' }).first().getAttribute('href');
    const playing = await page.evaluate<{ width: number; seconds: number }>(`(async () => {
      const film = document.createElement('video');
      film.muted = true;
      film.src = ${JSON.stringify(clip)};
      await new Promise((resolve) => (film.onloadeddata = film.onerror = resolve));
      return { width: film.videoWidth, seconds: film.duration };
    })()`);
    expect(playing.width).toBe(128);
    expect(playing.seconds).toBeGreaterThan(3);
    await page.setViewportSize({ width: 1280, height: 900 });
    await shot(page, 'replay-1280');
    expect(await overflows(page)).toBe(false);
    expect(browser.complaints.splice(0)).toEqual([]);
  }, 180_000);

  test('the township reads what recordings use, how long they are kept, and which show’s go first', async () => {
    const { showId } = await market.openShow([pot()], rules);
    await take(showId, () => new Promise((resolve) => setTimeout(resolve, 3_000)));
    const told = await market.must<RecordingDisk>('GET', '/api/recordings/disk', await market.officer());
    expect(told.keepDays).toBe(1_096);
    for (const viewport of [
      { width: 360, height: 740 },
      { width: 1280, height: 800 },
    ]) {
      const page = await browser.opens('/township', await market.officer(), { viewport });
      const box = page.locator('.recording-box');
      await box.getByText('录像空间').waitFor();
      const text = await box.innerText();
      expect(text).toMatch(/录像已用\s+\d+ [kM]B/);
      expect(text).toMatch(/磁盘剩余\s+\d[\d.]* GB/);
      expect(text).toMatch(/还能录\s+(约 \d+ 场|100 场以上)/);
      expect(text).toContain('每段录像保存 1096 天，到期自动删除');
      const { showId: first, goesAtMs } = told.nextToGo!;
      const day = new Date(goesAtMs + 8 * 3_600_000).toISOString().slice(0, 10);
      expect(text).toMatch(new RegExp(`最早到期的是 ${first} 这一场：从 ${day} 起删除，腾出 \\d+ [kM]B`));
      expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
      if (process.env.PICTURES_TO)
        await box.screenshot({ path: `${process.env.PICTURES_TO}/disk-${viewport.width}.png` });
    }
  }, 120_000);

  test('a show without a recording says so, and still lists its lots', async () => {
    const { showId, host } = await market.openShow([pot()], rules);
    await host.does({ name: 'offer', lot: 'L1' });
    const page = await browser.opens(`/replay/${showId}`, await market.host());
    await page.getByRole('heading', { name: '本场没有录像' }).waitFor();
    await page.getByText('1 绣球 无尽夏').waitFor();
    await shot(page, 'replay-none-360');
    const stranger = await browser.opens(`/replay/${showId}`);
    await stranger.getByText('登录后才能回看').waitFor();
    expect(browser.complaints.splice(0)).toEqual([]);
  }, 60_000);
});
