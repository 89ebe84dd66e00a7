import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { type ReplayAnswer, type Stage } from '@qingpai/wire';
import { judgeFile } from '../../apps/relay/src/recording/testing/judgeFile.js';
import { axeFinds, Chromium, overflows, PAPER_CAMERA } from '../browser/kit/chromium.js';
import { shot } from '../browser/kit/opened.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { until } from './kit/peers.js';

/** A village with a bad uplink: a show that is the voice alone from its first moment, and a picture when there is one. */
const hasChromium = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].some((path) => path && existsSync(path));
const whereChromiumIs = hasChromium ? describe : describe.skip;
const WITHIN_MS = 45_000;

/** What the page asks of the phone is written down. */
const notesAsked = `(() => {
  window.asked = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (what) => {
    asked.push(Boolean(what.video));
    return open(what);
  };
})()`;
/** In a viewer's page: whether sound comes out of the player within three seconds. */
const isHeard = `(async () => {
  const player = document.querySelector('.live-film video');
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(player.srcObject).connect(analyser);
  const levels = new Uint8Array(analyser.fftSize);
  for (let n = 0; n < 60; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getByteTimeDomainData(levels);
    if (!player.paused && !player.muted && levels.some((level) => Math.abs(level - 128) > 8)) return true;
  }
  return false;
})()`;

whereChromiumIs('a show of the voice alone', () => {
  let market: Market;
  let browser: Chromium;
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-voice-'));
  beforeAll(async () => {
    market = await Market.open({ RECORDING_FREE_GB_MIN: '1' });
    browser = await Chromium.open(market, PAPER_CAMERA);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await market.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stageOf = (showId: string) => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
  const piecesOf = async (showId: string) =>
    (await market.must<ReplayAnswer>('GET', `/api/shows/${showId}/replay`, await market.host())).pieces;
  async function judged(path: string) {
    const headers = { authorization: `Bearer ${await market.host()}` };
    const response = await fetch(market.origin + path, { headers });
    expect(response.status).toBe(200);
    const file = join(folder, path.replaceAll('/', '-'));
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    return judgeFile(file);
  }
  async function hostOnAir(showId: string): Promise<Page> {
    const more = { permissions: ['camera', 'microphone'] };
    const page = await browser.opens(`/host?show=${showId}`, await market.host(), more, (one) =>
      one.addInitScript(notesAsked),
    );
    await page.getByRole('button', { name: /^(开播|画面)$/ }).click();
    await page.getByRole('radio', { name: '只发声音' }).check();
    await shot(page, 'voice-host-before');
    await page.getByRole('button', { name: '打开麦克风开播' }).click();
    await page.getByText('直播中，只有声音').waitFor({ timeout: WITHIN_MS });
    return page;
  }

  test('is heard over the picture of the lot, sells, is recorded as sound, and becomes a picture when the host wishes', async () => {
    const { showId, host } = await market.openShow([pot()], { ...shortRules, openForMs: 6_000 });
    const lin = await market.buyer(showId, '小林');
    const hostPage = await hostOnAir(showId);
    expect(await hostPage.evaluate('asked')).toEqual([false]);
    expect(await hostPage.getByRole('button', { name: '翻转镜头' }).count()).toBe(0);
    await shot(hostPage, 'voice-host');
    expect([await axeFinds(hostPage), await overflows(hostPage)]).toEqual([[], false]);
    await until(async () => (await stageOf(showId)).recording === 'on', 'it is recorded', WITHIN_MS);
    expect(await stageOf(showId)).toMatchObject({ state: 'live', video: false, audio: true });

    const page = await browser.opens(`/r/${showId}`);
    await page.waitForSelector('.live-voice', { timeout: WITHIN_MS });
    const hammered = host.event('lot.hammered', 'L1');
    await host.does({ name: 'offer', lot: 'L1' });
    expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: true });
    expect(await page.evaluate(isHeard)).toBe(true);
    // What is seen is the lot, under a wave; the player's own black is not.
    await page.locator('.stage > .film .picture').waitFor();
    const opacity = await page.evaluate("getComputedStyle(document.querySelector('.live-film')).opacity");
    expect(opacity).toBe('0');
    expect(await page.getByRole('button', { name: '播放直播' }).count()).toBe(0);
    await shot(page, 'voice-room');
    expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
    await hammered;
    await page.waitForTimeout(5_000);

    await hostPage.getByRole('radio', { name: '自动' }).check();
    await hostPage.getByText('直播中，观众看得到').waitFor({ timeout: WITHIN_MS });
    expect(await hostPage.evaluate('asked')).toEqual([false, true]);
    await page.waitForSelector('.live-film.shows', { state: 'attached', timeout: WITHIN_MS });
    await hostPage.waitForTimeout(5_000);
    await hostPage.getByRole('button', { name: '停止画面' }).click();
    await until(async () => (await piecesOf(showId)).length >= 2, 'its pieces are in the log', WITHIN_MS);
    const [first, second] = await piecesOf(showId);
    const heard = await judged(`/api/shows/${showId}/recordings/${first!.segment}`);
    expect([heard.codecs, heard.pictures]).toEqual([['opus'], 0]);
    expect(heard.sounds).toBeGreaterThan(200);
    expect((await judged(`/api/shows/${showId}/recordings/${second!.segment}`)).pictures).toBeGreaterThan(10);
    const [sale] = Object.keys(host.state.sales);
    const clip = await judged(`/api/shows/${showId}/sales/${sale}/clip`);
    expect([clip.pictures, clip.sounds > 200]).toEqual([0, true]);
    const replay = await browser.opens(`/replay/${showId}`, await market.host());
    await replay.getByText('这一段只有声音').waitFor({ timeout: WITHIN_MS });
    await shot(replay, 'voice-replay');
    expect(browser.complaints).toEqual([]);
  }, 240_000);

  test('where sound is refused until somebody taps there is a ▶', async () => {
    const { showId } = await market.openShow([pot()], shortRules);
    await hostOnAir(showId);
    const page = await browser.opens(`/r/${showId}`, undefined, {}, (one) =>
      one.addInitScript(`
        const play = HTMLMediaElement.prototype.play;
        let pressed = false;
        addEventListener('click', () => (pressed = true), true);
        HTMLMediaElement.prototype.play = function () {
          return pressed || this.muted ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
        };
      `),
    );
    await page.getByRole('button', { name: '播放直播' }).click({ timeout: WITHIN_MS });
    expect(await page.evaluate(isHeard)).toBe(true);
    await page.getByRole('button', { name: '播放直播' }).waitFor({ state: 'detached' });
  }, 120_000);
});
