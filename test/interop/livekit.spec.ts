import { type Room as WatchingRoom } from '@livekit/rtc-node';
import { type MediaAddress, type Stage, type WatchAnswer } from '@qingpai/wire';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { until } from '../video/kit/peers.js';
import { aiortc, AIORTC_VERSION, AiortcPeer } from './kit/aiortc.js';
import {
  API_KEY,
  API_SECRET,
  liveKit,
  LIVEKIT_VERSION,
  LiveKitNode,
  nodePorts,
  redis,
  RedisProcess,
} from './kit/liveKit.js';
import { watchByRtcNode } from './kit/rtcNode.js';

/**
 * Past one machine: the market with the real LiveKit in its relay's place, aiortc as the camera (WHIP), and LiveKit's own
 * client for Node as who watches. Its pages in Chromium: livekitPages.spec.ts.
 */
const rules = { ...shortRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 900_000 };
const WITHIN_MS = 20_000;
const missing = [
  ...(liveKit ? [] : [`LiveKit ${LIVEKIT_VERSION}`]),
  ...(aiortc ? [] : [`aiortc ${AIORTC_VERSION}`]),
];
const title = (what: string, needs = missing) =>
  needs.length > 0 ? `${what} (not run: ${needs.join(', ')} could not be had)` : what;

/** A market that is served by LiveKit, and its first node. */
async function house(redisPort?: number) {
  const ports = await nodePorts();
  const market = await Market.open({
    LIVEKIT_URL: `ws://127.0.0.1:${ports.http}`,
    LIVEKIT_API_KEY: API_KEY,
    LIVEKIT_API_SECRET: API_SECRET,
  });
  const webhook = `${market.origin}/api/stage/news`;
  const node = await LiveKitNode.open(ports, { webhook, ...(redisPort && { redisPort }) });
  return { market, node, ports, webhook };
}

describe('with LiveKit in the relay’s place', () => {
  let market: Market;
  let node: LiveKitNode;
  const cameras: AiortcPeer[] = [];
  const rooms: WatchingRoom[] = [];
  beforeAll(async () => {
    if (missing.length === 0) ({ market, node } = await house());
  }, 60_000);
  afterEach(async () => {
    await Promise.all(rooms.splice(0).map((room) => room.disconnect()));
    await Promise.all(cameras.splice(0).map((camera) => camera.leave()));
  });
  afterAll(async () => {
    await market?.close();
    await node?.close();
  });

  const stageOf = (showId: string) => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
  const publishAt = async (showId: string, body: object = {}) =>
    market.must<MediaAddress>('POST', `/api/shows/${showId}/stage/publish`, await market.host(), body);
  const watchAt = async (showId: string) =>
    (await market.must<WatchAnswer>('POST', `/api/shows/${showId}/stage/watch`, undefined, {})).watch!;
  async function sending(showId: string): Promise<AiortcPeer> {
    const { url, token } = await publishAt(showId, { for: 'encoder' });
    const camera = AiortcPeer.camera(url, token);
    cameras.push(camera);
    await until(async () => (await stageOf(showId)).state === 'live', 'on air', WITHIN_MS);
    return camera;
  }
  const it = missing.length > 0 ? test.skip : test;

  it(
    title('a foreign camera comes by WHIP, a foreign viewer sees it, and the room hears all of it'),
    async () => {
      const { showId } = await market.openShow([pot()], rules);
      const guest = await market.enter(showId);
      const heard: Stage[] = [];
      guest.listen<Stage>('stage', (stage) => heard.push(stage));
      const camera = await sending(showId);
      await until(() => heard.at(-1)?.state === 'live', 'the room hears it');
      const address = await watchAt(showId);
      expect(address.by).toBe('livekit');
      const seen = await watchByRtcNode(address);
      rooms.push(seen.room);
      await until(() => seen.frames > 40 && seen.sounds > 20, 'frames and sound', WITHIN_MS);
      // A viewer knows nobody but the camera, and that one by a pseudonym.
      expect([...seen.room.remoteParticipants.keys()]).toEqual([
        expect.stringMatching(/^encoder-[0-9a-f]{20}$/),
      ]);
      await camera.leave();
      expect(camera.said.deleted).toBe(200);
      await until(() => heard.at(-1)?.state === 'ended', 'the room hears that it was put out', WITHIN_MS);
    },
    60_000,
  );

  it(
    title('a camera that dies is interrupted, not put out, and the next one is seen'),
    async () => {
      const { showId } = await market.openShow([pot()], rules);
      const camera = await sending(showId);
      camera.kill();
      await until(async () => (await stageOf(showId)).state === 'stalled', 'interrupted', 40_000);
      await sending(showId);
    },
    90_000,
  );

  it(
    title('tokens open what they name and nothing else, and a second person’s camera waits'),
    async () => {
      const { showId } = await market.openShow([pot()], rules);
      const { url, token } = await publishAt(showId);
      const watch = await watchAt(showId);
      const claims = (jwt: string) =>
        JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as {
          exp: number;
          video: Record<string, unknown>;
        };
      const room = `qingpai.localhost/${showId}`;
      expect(claims(token).video).toEqual({
        ...{ room, roomJoin: true, canPublish: true, canSubscribe: false, canPublishData: false },
      });
      expect(claims(watch.token).video).toEqual({
        ...{
          room,
          roomJoin: true,
          canPublish: false,
          canSubscribe: true,
          canPublishData: false,
          hidden: true,
        },
      });
      expect(claims(token).exp - Date.now() / 1_000).toBeLessThanOrEqual(301);
      for (const text of [url, watch.url, market.printed]) expect(text).not.toContain(API_SECRET);
      const refused = async (asks: string) => {
        const camera = AiortcPeer.camera(url, asks);
        cameras.push(camera);
        await until(() => camera.said.status !== undefined, 'an answer', WITHIN_MS);
        return camera.said.status;
      };
      expect(await refused(`${token}x`)).toBe(401);
      await sending(showId);
      const held = await market.ask<{ code: string }>(
        'POST',
        `/api/shows/${showId}/stage/publish`,
        await market.host(),
        {},
      );
      // The encoder is on air: a page of the same person waits, too.
      expect([held.status, held.answer.code]).toEqual([409, 'camera-held']);
    },
    60_000,
  );

  it(
    title('news that LiveKit did not sign are not believed'),
    async () => {
      const { showId } = await market.openShow([pot()], rules);
      const ask = (authorization: string) =>
        fetch(`${market.origin}/api/stage/news`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/webhook+json' },
          body: JSON.stringify({
            event: 'participant_joined',
            room: { name: `qingpai.localhost/${showId}` },
          }),
        }).then(({ status }) => status);
      const { token } = await publishAt(showId);
      expect(await ask('made-up')).toBe(400);
      expect(await ask(token)).toBe(400); // signed with the key, but of no bytes
    },
    30_000,
  );
});

const two = [...missing, ...(redis ? [] : ['Redis'])];
(two.length > 0 ? test.skip : test)(
  title('two nodes on one Redis: the camera comes to one, the viewer to the other, and sees it', two),
  async () => {
    const store = await RedisProcess.open();
    const { market, node, webhook } = await house(store.port);
    const ports = await nodePorts();
    const other = await LiveKitNode.open(ports, { webhook, redisPort: store.port });
    const open: { close(): Promise<void> }[] = [market, other, node, store];
    try {
      const { showId } = await market.openShow([pot()], rules);
      const { url, token } = await market.must<MediaAddress>(
        ...(['POST', `/api/shows/${showId}/stage/publish`, await market.host(), {}] as const),
      );
      const camera = AiortcPeer.camera(url, token);
      open.unshift({ close: () => camera.leave() });
      const stage = () => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
      await until(async () => (await stage()).state === 'live', 'on air', WITHIN_MS);
      const { watch } = await market.must<WatchAnswer>(
        'POST',
        `/api/shows/${showId}/stage/watch`,
        undefined,
        {},
      );
      const seen = await watchByRtcNode({ ...watch!, url: `ws://127.0.0.1:${ports.http}` });
      open.unshift({ close: () => seen.room.disconnect() });
      await until(() => seen.frames > 40, 'frames by the other node', WITHIN_MS);
    } finally {
      for (const one of open) await one.close();
    }
  },
  90_000,
);
