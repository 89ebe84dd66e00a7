import { get } from 'node:http';
import * as library from 'node-datachannel';
import { type MediaAddress, type Stage, type StageAnswer, type WatchAnswer } from '@qingpai/wire';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { post, TestCamera, TestViewer, until } from './kit/peers.js';

/** Live video through the market's own address, and what becomes of it and of bids when the relay is killed. */
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
let market: Market;
const open: { close(): void }[] = [];
beforeAll(async () => {
  market = await Market.open();
}, 60_000);
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(() => market.close());

const publishAt = async (showId: string) =>
  market.must<MediaAddress>('POST', `/api/shows/${showId}/stage/publish`, await market.host(), {});
const watchAt = async (showId: string) =>
  (await market.must<WatchAnswer>('POST', `/api/shows/${showId}/stage/watch`, undefined, {})).watch!;
const stageOf = (showId: string) => market.must<StageAnswer>('GET', `/api/shows/${showId}/stage`);
async function sending(showId: string): Promise<TestCamera> {
  const camera = new TestCamera(library);
  open.push(camera);
  const { url, token } = await publishAt(showId);
  expect((await camera.connect(market.origin + url, token)).status).toBe(201);
  camera.start();
  await until(async () => (await stageOf(showId)).state === 'live', 'on air');
  return camera;
}
async function watching(showId: string): Promise<TestViewer> {
  const viewer = new TestViewer(library);
  open.push(viewer);
  const { url, token } = await watchAt(showId);
  expect((await viewer.connect(market.origin + url, token)).status).toBe(201);
  await until(() => viewer.frames > 10, 'a picture');
  return viewer;
}

test('a path with dots leads to no other door of the relay', async () => {
  const { hostname, port } = new URL(market.origin);
  const status = await new Promise<number | undefined>((resolve, reject) =>
    get({ hostname, port, path: '/whip/%2e%2e/healthz' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject),
  );
  expect(status).toBe(503);
});

test('the room hears that the camera is on air, a guest watches, and the counters are at the market', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const guest = await market.enter(showId);
  const heard: Stage[] = [];
  guest.listen<Stage>('stage', (stage) => heard.push(stage));
  await until(async () => (await stageOf(showId)).reached === true, 'the relay answers the market');
  const camera = await sending(showId);
  await watching(showId);
  await until(() => heard.at(-1)?.state === 'live', 'the room hears it');
  expect(heard.at(-1)).toMatchObject({ video: true });
  const { answer } = await market.ask<string>('GET', '/metrics');
  expect(answer).toMatch(/^qingpai_relay_viewers 1$/m);
  expect(answer).toMatch(/^qingpai_sockets \d+/m);
  const { token } = await publishAt(showId);
  await fetch(camera.resource, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  await until(() => heard.at(-1)?.state === 'ended', 'the room hears that it was put out');
}, 60_000);

test('only who holds the console may send; a link for a second phone opens once, also after a restart', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const buyer = await market.signIn('13911110000', '小林');
  const asked = (token?: string) => market.ask('POST', `/api/shows/${showId}/stage/publish`, token, {});
  expect((await asked()).status).toBe(401);
  expect((await asked(buyer)).status).toBe(403);
  expect((await asked(await market.officer())).status).toBe(403);
  const { token: watch } = await watchAt(showId);
  expect((await post(`${market.origin}/whip/${showId}`, watch, 'v=0')).status).toBe(403);
  expect((await post(`${market.origin}/whip/${showId}`, null, 'v=0')).status).toBe(401);
  expect((await post(`${market.origin}/whip/${showId}`, null, 'v=0', 'text/plain')).status).toBe(415);
  const foreign = { origin: 'https://elsewhere.example', 'content-type': 'application/sdp' };
  const request = { method: 'POST', headers: foreign, body: 'v=0' };
  expect((await fetch(`${market.origin}/whip/${showId}`, request)).status).toBe(403);

  const link = await market.must<{ path: string }>(
    'POST',
    `/api/shows/${showId}/stage/camera`,
    await market.host(),
    {},
  );
  await market.stop();
  await market.start();
  const token = /^\/camera#link=([\w-]{43})$/.exec(link.path)![1];
  const enter = () =>
    market.ask<{ showId: string; pass: string }>('POST', '/api/stage/camera', undefined, { token });
  const { answer } = await enter();
  expect(answer).toMatchObject({ showId, title: '鲜花专场' });
  expect((await enter()).status).toBe(401);
  const { pass } = answer;
  const given = await market.must<{ publish: MediaAddress }>('POST', '/api/stage/camera/publish', undefined, {
    pass,
  });
  const camera = new TestCamera(library);
  open.push(camera);
  expect((await camera.connect(market.origin + given.publish.url, given.publish.token)).status).toBe(201);
  expect((await market.ask('POST', '/api/stage/camera/publish', undefined, { pass: watch })).status).toBe(
    401,
  );
}, 60_000);

test('the relay is killed: bids go on, the room hears it, and camera and viewer are back by posting again', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  await host.does({ name: 'offer', lot: 'L1' });
  await sending(showId);
  await watching(showId);
  const before = market.relayPid();
  market.killRelay();
  expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: true });
  await until(async () => (await stageOf(showId)).state === 'stalled', 'interrupted');
  await until(() => market.relayPid() !== undefined && market.relayPid() !== before, 'another relay');
  await until(async () => {
    const { url, token } = await watchAt(showId);
    return (await post(market.origin + url, token, 'v=0')).status === 400; // it answers again
  }, 'the new relay listens');
  await sending(showId);
  await watching(showId);
  expect(market.printed).toMatch(/bids go on/);
}, 60_000);
