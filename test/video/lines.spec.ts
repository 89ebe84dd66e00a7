import { existsSync } from 'node:fs';
import * as library from 'node-datachannel';
import { type Page, type Route } from 'playwright-core';
import { type MediaAddress, type Stage, type WatchAnswer } from '@qingpai/wire';
import { FRAMES_PER_SECOND } from '../../apps/relay/src/recording/testing/movingPicture.js';
import { Chromium, PAPER_CAMERA } from '../browser/kit/chromium.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { LossyLine } from './kit/lossy.js';
import { type Posted, TestCamera, TestViewer, until } from './kit/peers.js';

/**
 * Poor lines: 40 ms there and back, one packet in twenty lost, or nothing at all for a while. What is printed is what a viewer
 * in Chromium sees of a camera that sends ten frames a second, whatever else the machine has to do.
 */
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
const hasChromium = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].some((path) => path && existsSync(path));
const whereChromiumIs = hasChromium ? describe : describe.skip;
const WITHIN_MS = 45_000;
const FOR_MS = 12_000;
const ONE_WAY_MS = 20;
const LOST = 0.05;
/** Between two frames; a viewer notices what is longer. */
const FREEZE_MS = 250;
const PHONE = { viewport: { width: 390, height: 844 } };

/** In a viewer's page: when each frame was shown, ms UTC. */
const notesFrames = `(() => {
  window.shownAt = [];
  const video = document.querySelector('.live-film video');
  const note = () => {
    shownAt.push(Date.now());
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
})()`;

/** The same packets are lost in every run. */
function lots(share: number): () => boolean {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 < share;
  };
}

whereChromiumIs('on a poor line', () => {
  let market: Market;
  let browser: Chromium;
  const closes: { close(): unknown }[] = [];
  beforeAll(async () => {
    market = await Market.open({ RECORDING: 'no' });
    browser = await Chromium.open(market, PAPER_CAMERA);
  }, 60_000);
  afterEach(async () => {
    for (const one of closes.splice(0).reverse()) await one.close();
  });
  afterAll(async () => {
    await browser.close();
    await market.close();
  });

  /** A way to the relay: packets go by a line of ours, and while that is cut no request of a page gets through either. */
  class Way {
    line!: LossyLine;
    posts = 0;
    through = (page: Page): Promise<unknown> =>
      page.route(/\/(whip|whep|hls)\/|\/stage/, (route) => this.handle(route));
    private async handle(route: Route): Promise<void> {
      if (this.line?.isCut) return route.abort();
      const isOffer = /\/(whip|whep)\/[^/]+$/.test(route.request().url());
      if (!isOffer) return route.continue();
      this.posts += 1;
      const response = await route.fetch();
      await route.fulfill({ response, body: await this.by(await response.text()) });
    }
    by = async (sdp: string): Promise<string> => {
      const udpPort = / (\d+) typ host/.exec(sdp)?.[1];
      if (udpPort !== undefined && !this.line) {
        this.line = await LossyLine.open(Number(udpPort));
        this.line.delayMs = ONE_WAY_MS;
        closes.push(this.line);
      }
      return this.line?.by(sdp) ?? sdp;
    };
  }

  const stageOf = (showId: string) => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
  const isLive = async (showId: string) => (await stageOf(showId)).state === 'live';
  const shownAt = (page: Page) => page.evaluate<number[]>('shownAt');

  async function sending(showId: string, way: Way): Promise<TestCamera> {
    const ask = ['POST', `/api/shows/${showId}/stage/publish`, await market.host(), {}] as const;
    const { url, token } = await market.must<MediaAddress>(...ask);
    const camera = new TestCamera(library, { codec: 'VP8', real: true });
    closes.push(camera);
    const { status }: Posted = await camera.connect(market.origin + url, token, way.by);
    expect(status).toBe(201);
    camera.start();
    await until(() => isLive(showId), 'on air', WITHIN_MS);
    return camera;
  }
  /** A camera on air and a page that watches, each by a line of its own. */
  async function onAir() {
    const { showId } = await market.openShow([pot()], rules);
    const [up, down] = [new Way(), new Way()];
    const camera = await sending(showId, up);
    const page = await browser.opens(`/r/${showId}`, undefined, PHONE, down.through);
    closes.push({ close: () => page.context().close() });
    await page.waitForSelector('.live-film.shows', { state: 'attached', timeout: WITHIN_MS });
    await page.evaluate(notesFrames);
    await until(async () => (await shownAt(page)).length > 20, 'frames are shown', WITHIN_MS);
    return { showId, camera, page, up, down };
  }

  /** What was shown in this time, and says so. */
  function told(what: string, shown: readonly number[], fromMs: number, toMs: number) {
    const times = [fromMs, ...shown.filter((at) => at >= fromMs && at <= toMs), toMs];
    const gaps = times.slice(1).map((at, k) => at - times[k]!);
    const longestMs = Math.max(...gaps);
    const frozenMs = gaps.filter((gap) => gap > FREEZE_MS).reduce((sum, gap) => sum + gap, 0);
    const fps = (1_000 * (times.length - 2)) / (toMs - fromMs);
    const stills = `stood still ${longestMs} ms at most, ${frozenMs} ms in all`;
    console.error(`video: ${what}: ${fps.toFixed(1)} of ${FRAMES_PER_SECOND} fps, ${stills}`);
    return { fps, longestMs };
  }
  async function seenFor(what: string, page: Page) {
    const fromMs = Date.now();
    await page.waitForTimeout(FOR_MS);
    return told(`${FOR_MS / 1_000} s, ${what}`, await shownAt(page), fromMs, Date.now());
  }

  test('a twentieth lost on the way to a viewer, then on the way from the camera: the picture goes on', async () => {
    const { page, up, down } = await onAir();
    await seenFor('40 ms, nothing lost', page);
    down.line.losesDown = lots(LOST);
    const lostDown = await seenFor('40 ms, 5 % lost on the way to him', page);
    down.line.losesDown = () => false;
    up.line.losesUp = lots(LOST);
    const lostUp = await seenFor('40 ms, 5 % lost on the way from the camera', page);
    for (const { lost } of [down.line, up.line]) expect(lost).toBeGreaterThan(20);
    for (const { fps, longestMs } of [lostDown, lostUp]) {
      expect(fps).toBeGreaterThan(FRAMES_PER_SECOND / 2);
      expect(longestMs).toBeLessThan(3_000);
    }
    expect(down.posts).toBe(1);
  }, 120_000);

  test('nothing gets through for 1, 4 and 10 s, to the viewer or from the camera: it moves again by itself, soon', async () => {
    const { showId, page, up, down } = await onAir();
    for (const seconds of [1, 4, 10]) {
      for (const [who, { line }] of [
        ['the viewer', down],
        ['the camera', up],
      ] as const) {
        line.isCut = true;
        await page.waitForTimeout(1_000 * seconds);
        line.isCut = false;
        const backAtMs = Date.now();
        const movedAtMs = async () => (await shownAt(page)).find((at) => at > backAtMs);
        await until(async () => (await movedAtMs()) !== undefined, 'it moves', WITHIN_MS);
        const tookMs = (await movedAtMs())! - backAtMs;
        console.error(
          `video: ${who} cut off for ${seconds} s: it moves ${tookMs} ms after (posts: ${down.posts})`,
        );
        expect(tookMs).toBeLessThan(5_000);
        await until(() => isLive(showId), 'on air', WITHIN_MS);
        await page.waitForTimeout(3_000);
      }
    }
  }, 200_000);

  test('the camera posts again: who watches stays, and the picture stands still for a moment', async () => {
    const { showId, camera, page, up, down } = await onAir();
    const fromMs = Date.now();
    await page.waitForTimeout(1_000);
    camera.close();
    await sending(showId, up);
    await page.waitForTimeout(4_000);
    const { longestMs } = told('the camera posted again', await shownAt(page), fromMs, Date.now());
    expect(longestMs).toBeLessThan(3_000);
    expect(down.posts).toBe(1);
  }, 120_000);

  test('the host’s page is cut off for 4 and 10 s: it is seen again by itself, soon', async () => {
    const { showId } = await market.openShow([pot()], rules);
    const way = new Way();
    const more = { ...PHONE, permissions: ['camera', 'microphone'] };
    const hostPage = await browser.opens(`/host?show=${showId}`, await market.host(), more, way.through);
    closes.push({ close: () => hostPage.context().close() });
    await hostPage.getByRole('button', { name: /^(开播|画面)$/ }).click();
    await hostPage.getByRole('button', { name: '打开摄像头开播' }).click();
    await hostPage.getByText('直播中，观众看得到').waitFor({ timeout: WITHIN_MS });
    const { watch } = await market.must<WatchAnswer>(
      'POST',
      `/api/shows/${showId}/stage/watch`,
      undefined,
      {},
    );
    const viewer = new TestViewer(library, { codec: 'H264' });
    closes.push(viewer);
    await viewer.connect(market.origin + watch!.url, watch!.token);
    for (const seconds of [4, 10]) {
      const { frames } = viewer;
      await until(() => viewer.frames > frames + 20, 'he gets frames', WITHIN_MS);
      way.line.isCut = true;
      await hostPage.waitForTimeout(1_000 * seconds);
      way.line.isCut = false;
      const [before, backAtMs] = [viewer.frames, performance.now()];
      await until(() => viewer.frames > before + 1, 'frames again', WITHIN_MS);
      const tookMs = Math.round(performance.now() - backAtMs);
      console.error(
        `video: the host’s page cut off for ${seconds} s: seen ${tookMs} ms after (posts: ${way.posts})`,
      );
      expect(tookMs).toBeLessThan(8_000);
    }
  }, 200_000);
});
