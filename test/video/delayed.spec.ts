import { existsSync } from 'node:fs';
import * as library from 'node-datachannel';
import { type MediaAddress, type Stage, type WatchAnswer } from '@qingpai/wire';
import { Chromium } from '../browser/kit/chromium.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { TestCamera, until } from './kit/peers.js';

/** A network that lets neither UDP nor our TCP through: media is announced where nobody is, as behind a strict firewall. */
const NOBODY = '192.0.2.1';
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
const hasChromium = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].some((path) => path && existsSync(path));
const whereChromiumIs = hasChromium ? test : test.skip;

let market: Market;
const open: { close(): void }[] = [];
beforeAll(async () => {
  market = await Market.open({ MEDIA_PUBLIC_IP: NOBODY, RECORDING: 'no' });
}, 60_000);
afterEach(() => open.splice(0).forEach((one) => one.close()));
afterAll(() => market.close());

async function onAir(): Promise<string> {
  const { showId, host } = await market.openShow([pot()], rules);
  await host.does({ name: 'offer', lot: 'L1' });
  const { url, token } = await market.must<MediaAddress>(
    ...(['POST', `/api/shows/${showId}/stage/publish`, await market.host(), {}] as const),
  );
  const camera = new TestCamera(library, { codec: 'H264', real: true });
  open.push(camera);
  await camera.connect(market.origin + url, token, (sdp) => sdp.replaceAll(NOBODY, '127.0.0.1'));
  camera.start();
  await until(
    async () => (await market.must<Stage>('GET', `/api/shows/${showId}/stage`)).state === 'live',
    'on air',
  );
  return showId;
}

test('the picture comes as files through the market, to who has a token for this show', async () => {
  const showId = await onAir();
  const { delayed } = await market.must<WatchAnswer>(
    'POST',
    `/api/shows/${showId}/stage/watch`,
    undefined,
    {},
  );
  const get = async (path: string) => fetch(market.origin + path);
  await until(async () => (await get(delayed!)).status === 200, 'the list is there', 20_000);
  const list = await (await get(delayed!)).text();
  expect(list).toMatch(/^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n/);
  const beside = (name: string) => delayed!.replace('live.m3u8', name);
  const [head, part] = [/URI="(.+)"/.exec(list)![1]!, list.trim().split('\n').at(-1)!];
  const bytes = async (name: string) => Buffer.from(await (await get(beside(name))).arrayBuffer());
  expect((await bytes(head)).toString('latin1', 4, 8)).toBe('ftyp');
  expect((await bytes(part)).toString('latin1', 4, 8)).toBe('moof');
  // Asked for with its next part the list comes when there is one.
  const newest = (text: string) => Number(/-(\d+)\.m4s$/.exec(text.trim())![1]);
  const before = newest(await (await get(delayed!)).text());
  const held = await get(`${delayed!}?_HLS_msn=${before + 1}`);
  expect(newest(await held.text())).toBeGreaterThan(before);
  expect((await get(beside('9-9.m4s'))).status).toBe(404);
  expect((await get(`/hls/${showId}/nothing/live.m3u8`)).status).toBe(401);
  expect((await get(delayed!.replace(showId, '20200101-01'))).status).toBe(403);
}, 60_000);

whereChromiumIs(
  'a page to which no media comes through shows it some seconds behind, says so, and is in time again once it does',
  async () => {
    const showId = await onAir();
    const browser = await Chromium.open(market, ['--autoplay-policy=no-user-gesture-required']);
    open.push({ close: () => void browser.close() });
    const page = await browser.opens(`/r/${showId}`);
    await page.getByText(/画面延迟约 \d+ 秒/).waitFor({ timeout: 45_000 });
    const frames = () =>
      page.evaluate<number>(
        "document.querySelector('.live-film.shows video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0",
      );
    const before = await frames();
    await until(async () => (await frames()) > before + 20, 'it moves', 20_000);
    const behind: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      behind.push(Number(await page.getByText(/画面延迟约/).getAttribute('data-seconds')));
      await page.waitForTimeout(1_000);
    }
    behind.sort((a, b) => a - b);
    console.error(
      `video: files over HTTP, behind what is filmed p50 ${behind[10]} s, worst of 20 seconds ${behind.at(-1)} s`,
    );
    expect(behind[0]).toBeGreaterThan(0);
    expect(behind[10]).toBeLessThan(10);
    if (process.env.PICTURES_TO)
      await page.screenshot({ path: `${process.env.PICTURES_TO}/delayed-360.png` });
    // The firewall opens: nobody has to do anything.
    await page.route('**/whep/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(NOBODY, '127.0.0.1') });
    });
    await page.getByText(/画面延迟约/).waitFor({ state: 'detached', timeout: 60_000 });
    await page.waitForSelector('.live-film.shows', { state: 'attached', timeout: 20_000 });
    const moved = await frames();
    await until(async () => (await frames()) > moved + 20, 'it moves by the first way', 20_000);
    expect(browser.complaints).toEqual([]);
  },
  200_000,
);
