import * as library from 'node-datachannel';
import { type MediaAddress, type Stage, type WatchAnswer } from '@qingpai/wire';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { post, TestCamera, TestViewer, until } from './kit/peers.js';
import { RelayProcess } from './kit/relayProcess.js';

/**
 * Any other server that speaks WHIP and WHEP, known by two addresses and its tokens: here a second relay, of which the
 * market knows nothing else. What becomes of its stages is told as such servers tell it, by a hook.
 */
const NEWS_SECRET = 'what-the-other-server-is-known-by-0123456789';
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
const open: { close(): void }[] = [];
let relay: RelayProcess;
let market: Market;
const folder = mkdtempSync(join(tmpdir(), 'qingpai-elsewhere-'));
beforeAll(async () => {
  relay = await RelayProcess.open();
  const keyFile = join(folder, 'media.key');
  writeFileSync(keyFile, relay.key.toString('base64'), { mode: 0o600 });
  market = await Market.open({
    MEDIA_KEY_FILE: keyFile,
    MEDIA_WHIP_URL: `${relay.url}/whip/{show}`,
    MEDIA_WHEP_URL: `${relay.url}/whep/{show}`,
    MEDIA_NEWS_SECRET: NEWS_SECRET,
  });
}, 60_000);
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(async () => {
  await market.close();
  await relay.close();
  rmSync(folder, { recursive: true, force: true });
});

const news = (body: object, secret = NEWS_SECRET) =>
  fetch(`${market.origin}/api/stage/news`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then(({ status }) => status);
const publishAt = async (showId: string, body: object = {}) =>
  market.ask<MediaAddress & { code?: string }>(
    'POST',
    `/api/shows/${showId}/stage/publish`,
    await market.host(),
    body,
  );
const watched = (showId: string) =>
  market.must<WatchAnswer>('POST', `/api/shows/${showId}/stage/watch`, undefined, {});

test('a camera and a viewer go there by themselves, with tokens of ours, and the room hears what the server tells', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const guest = await market.enter(showId);
  const heard: Stage[] = [];
  guest.listen<Stage>('stage', (stage) => heard.push(stage));
  const { answer: send } = await publishAt(showId);
  expect(send.url).toBe(`${relay.url}/whip/${showId}`);
  const camera = new TestCamera(library);
  open.push(camera);
  expect((await camera.connect(send.url, send.token)).status).toBe(201);
  camera.start();
  await until(async () => (await relay.metric('camera_fps')) > 5, 'the other server has a picture');
  expect(await news({ show: showId, state: 'live' })).toBe(204);
  await until(() => heard.at(-1)?.state === 'live', 'the room hears it');
  const { watch } = await watched(showId);
  const viewer = new TestViewer(library);
  open.push(viewer);
  expect((await viewer.connect(watch!.url, watch!.token)).status).toBe(201);
  await until(() => viewer.frames > 20 && viewer.sounds > 10, 'a picture');
  expect((await post(send.url, watch!.token, 'v=0')).status).toBe(403);
  expect(await news({ show: showId, state: 'stalled' })).toBe(204);
  await until(() => heard.at(-1)?.state === 'stalled', 'interrupted');
  expect(heard.at(-1)).toMatchObject({ video: false, audio: false });
  expect(await news({ show: showId, state: 'ended' })).toBe(204);
  await until(() => heard.at(-1)?.state === 'ended', 'put out');
}, 60_000);

test('news are believed from who knows the secret, and from nobody else', async () => {
  const { showId } = await market.openShow([pot()], rules);
  expect(await news({ show: showId, state: 'live' }, `${NEWS_SECRET}0`)).toBe(400);
  expect(await news({ show: showId, state: 'live' }, '')).toBe(400);
  expect(await news({ show: showId, state: 'off' })).toBe(400);
  expect(await news([])).toBe(400);
  const { stage } = await watched(showId);
  expect(stage.state).toBe('idle');
  expect(market.printed).not.toContain(NEWS_SECRET);
}, 30_000);

test('pages are let through to it, and an older page of the same person is told that a newer one sends', async () => {
  const page = await fetch(`${market.origin}/host`);
  expect(page.headers.get('content-security-policy')).toContain(` ${relay.url};`);
  const { showId } = await market.openShow([pot()], rules);
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const statuses: number[] = [];
  for (const one of [first, second, second, first])
    statuses.push((await publishAt(showId, { page: one })).status);
  expect(statuses).toEqual([200, 200, 200, 410]);
  expect((await publishAt(showId, { page: first })).answer.code).toBe('camera-replaced');
  expect((await publishAt(showId, { for: 'encoder' })).status).toBe(200);
}, 30_000);
