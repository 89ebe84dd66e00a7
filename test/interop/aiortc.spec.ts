import { LossyLine } from '../video/kit/lossy.js';
import { RelayProcess } from '../video/kit/relayProcess.js';
import { until } from '../video/kit/peers.js';
import { aiortc, AIORTC_VERSION, AiortcPeer, ffmpeg, PYAV_VERSION } from './kit/aiortc.js';

/** Python's aiortc, which knows nothing of us, as the camera and the viewer of our relay: it decodes what comes. */
const WITHIN_MS = 20_000;
let relay: RelayProcess;
const peers: AiortcPeer[] = [];
const lines: LossyLine[] = [];
beforeAll(async () => {
  if (aiortc) relay = await RelayProcess.open();
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.leave()));
  for (const line of lines.splice(0)) line.close();
});
afterAll(() => relay?.close());

const it = aiortc ? test : test.skip;
const title = (what: string) =>
  aiortc ? what : `${what} (not run: aiortc ${AIORTC_VERSION} could not be had)`;
const keep = (peer: AiortcPeer) => (peers.push(peer), peer);
async function sending(show: string, codec: 'VP8' | 'H264' = 'VP8') {
  const news = await relay.news();
  const camera = keep(AiortcPeer.camera(relay.whip(show), relay.token(show, 'publish'), codec));
  await until(() => news.get(show)?.state === 'live', `on air: ${camera.errors}`, WITHIN_MS);
  return { camera, news };
}
const watching = (show: string, person = 'viewer') =>
  keep(AiortcPeer.viewer(relay.whep(show), relay.token(show, 'watch', person)));

it.each(['VP8', 'H264'] as const)(
  title('a foreign camera sends %s, a foreign viewer decodes picture and sound, and both leave properly'),
  async (codec) => {
    const { camera, news } = await sending(codec, codec);
    const viewer = watching(codec);
    await until(() => viewer.frames > 45 && viewer.sounds > 45, `decoded: ${viewer.errors}`, WITHIN_MS);
    expect([camera.said.status, viewer.said.status, viewer.said.width]).toEqual([201, 201, 320]);
    await viewer.leave();
    expect(viewer.said.deleted).toBe(200);
    await camera.leave();
    expect(camera.said.deleted).toBe(200);
    await until(() => news.get(codec)?.state === 'ended', 'ended');
  },
  60_000,
);

const both = [...(aiortc ? [] : [`aiortc ${AIORTC_VERSION}`]), ...(ffmpeg ? [] : [`PyAV ${PYAV_VERSION}`])];
(both.length > 0 ? test.skip : test)(
  `FFmpeg sends H264 by its own WHIP, aiortc decodes it, and it is put out when it ends${both.length > 0 ? ` (not run: ${both.join(', ')} could not be had)` : ''}`,
  async () => {
    const news = await relay.news();
    const camera = keep(AiortcPeer.ffmpegCamera(relay.whip('ff'), relay.token('ff', 'publish')));
    await until(() => news.get('ff')?.state === 'live', `on air: ${camera.errors}`, WITHIN_MS);
    const viewer = watching('ff');
    await until(() => viewer.frames > 45 && viewer.sounds > 45, `decoded: ${viewer.errors}`, WITHIN_MS);
    expect(viewer.said.width).toBe(320);
    await camera.leave();
    await until(() => news.get('ff')?.state === 'ended', 'ended', WITHIN_MS);
  },
  60_000,
);

it(
  title('a foreign viewer asks for what a line loses, and goes on decoding'),
  async () => {
    const lossy = await LossyLine.open(Number(/udp (\d+)/.exec(relay.said)![1]));
    lines.push(lossy);
    await sending('loss');
    let n = 0;
    lossy.losesDown = () => (n += 1) % 20 === 0;
    const by = await AiortcPeer.viewerBy(lossy.by, relay.whep('loss'), relay.token('loss', 'watch'));
    keep(by.peer);
    try {
      await until(() => by.peer.frames > 60, `decoded: ${by.peer.errors}`, WITHIN_MS);
      expect(lossy.lost).toBeGreaterThan(5);
      expect(await relay.metric('resent_packets_total')).toBeGreaterThan(0);
    } finally {
      await by.peer.leave();
      await by.close();
    }
  },
  60_000,
);

it(
  title('a foreign camera that dies is interrupted, and its next one is seen by the same foreign viewer'),
  async () => {
    const { camera, news } = await sending('dies');
    const viewer = watching('dies');
    await until(() => viewer.frames > 20, `decoded: ${viewer.errors}`, WITHIN_MS);
    camera.kill();
    await until(() => news.get('dies')?.state === 'stalled', 'interrupted', WITHIN_MS);
    await sending('dies');
    const { frames } = viewer;
    await until(() => viewer.frames > frames + 30, 'seen again', WITHIN_MS);
  },
  60_000,
);

it(
  title(
    'a foreign client without a right token is refused, and one that comes late sees the picture at once',
  ),
  async () => {
    await sending('late');
    const wrong = keep(AiortcPeer.viewer(relay.whep('late'), relay.token('other', 'watch')));
    await until(() => wrong.said.status !== undefined, 'an answer', WITHIN_MS);
    expect(wrong.said.status).toBe(403);
    const viewer = watching('late', 'latecomer');
    await until(() => viewer.said.state === 'connected', `connected: ${viewer.errors}`, WITHIN_MS);
    await until(() => viewer.frames > 0, 'a picture within five seconds, asked for by a keyframe', 5_000);
  },
  60_000,
);
