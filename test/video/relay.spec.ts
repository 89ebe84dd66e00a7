import { once } from 'node:events';
import { createConnection } from 'node:net';
import * as library from 'node-datachannel';
import { LossyLine } from './kit/lossy.js';
import { post, TestCamera, TestViewer, until } from './kit/peers.js';
import { TcpLine } from './kit/tcpLine.js';
import { RelayProcess } from './kit/relayProcess.js';

let relay: RelayProcess;
let udpPort = 0;
const open: { close(): void }[] = [];
beforeAll(async () => {
  relay = await RelayProcess.open('--tcp-port', '0');
  udpPort = Number(/udp (\d+)/.exec(relay.said)![1]);
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(() => relay.close());

/** What stands between a client and the relay. */
type Line = { by(sdp: string): string };
type Codecs = ConstructorParameters<typeof TestCamera>[1];
async function sending(
  show: string,
  { person = 'host', ...codecs }: { person?: string } & Codecs = {},
  by?: Line,
) {
  const camera = new TestCamera(library, codecs);
  open.push(camera);
  const { status } = await camera.connect(relay.whip(show), relay.token(show, 'publish', person), by?.by);
  camera.start();
  return { camera, status };
}
async function watching(show: string, person = 'viewer', by?: Line) {
  const viewer = new TestViewer(library);
  open.push(viewer);
  const { status } = await viewer.connect(relay.whep(show), relay.token(show, 'watch', person), by?.by);
  return { viewer, status };
}
/** On air, with one who watches. */
async function running(show: string) {
  const news = await relay.news();
  const { camera } = await sending(show);
  await until(() => news.get(show)?.state === 'live', 'the camera is on air');
  const { viewer } = await watching(show);
  await until(() => viewer.frames > 5, 'a picture comes');
  return { news, camera, viewer };
}
async function line(): Promise<LossyLine> {
  const made = await LossyLine.open(udpPort);
  open.push(made);
  return made;
}

describe('what one sends', () => {
  test('others see, from a keyframe on and without a gap', async () => {
    const { camera, news } = await running('s1');
    expect(news.get('s1')).toEqual({ state: 'live', video: true, audio: true, take: 0 });
    const all = await Promise.all([watching('s1', 'b'), watching('s1', 'c')]);
    await until(() => all.every(({ viewer }) => viewer.frames > 40 && viewer.sounds > 10), 'frames');
    for (const { viewer } of all) expect([viewer.firstIsKey, viewer.missed]).toEqual([true, 0]);
    expect(camera.keyframes).toBeGreaterThan(1);
    expect(await relay.metric('viewers')).toBe(3);
    expect(await relay.metric('join_seconds_count')).toBeGreaterThanOrEqual(3);
    expect(await relay.metric('egress_bits_per_second')).toBeGreaterThan(100_000);
    // Of the last second, in which a busy machine may have filmed less.
    await until(async () => (await relay.metric('camera_fps')) > 15, 'the camera’s frames are counted');
  });

  test('is asked for again and healed where the line to a viewer loses every tenth packet', async () => {
    const lossy = await line();
    await running('s2');
    let n = 0;
    lossy.losesDown = () => (n += 1) % 10 === 0;
    const { viewer } = await watching('s2', 'poor', lossy);
    await until(() => viewer.frames > 100, 'frames over a poor line');
    lossy.losesDown = () => false;
    await until(() => viewer.missed === 0, 'all that was lost is there');
    expect(lossy.lost).toBeGreaterThan(10);
    expect(viewer.healed).toBeGreaterThan(10);
    expect(await relay.metric('resent_packets_total')).toBeGreaterThan(10);
  });

  test('is asked for again from the camera too, so that viewers never know', async () => {
    const lossy = await line();
    const { camera } = await sending('s3', {}, lossy);
    let n = 0;
    lossy.losesUp = () => (n += 1) % 10 === 0;
    await until(() => camera.keyframes > 0 && n > 50, 'the camera sends');
    const { viewer } = await watching('s3');
    await until(() => viewer.frames > 60, 'frames');
    lossy.losesUp = () => false;
    await until(() => viewer.missed === 0, 'no gap is left');
    expect(camera.nacked).toBeGreaterThan(5);
    expect(await relay.metric('nacks_sent_total')).toBeGreaterThan(5);
  });

  test('goes by TCP where no UDP passes', async () => {
    const { viewer: asks } = await running('s4');
    const tcpPort = Number(/ 1 TCP \d+ 127\.0\.0\.1 (\d+) typ host tcptype passive/.exec(asks.answer)![1]);
    const tcp = await TcpLine.open(tcpPort);
    open.push(tcp);
    const { viewer } = await watching('s4', 'behind-a-wall', tcp);
    await until(() => viewer.frames > 30, 'a picture over TCP');
    expect(tcp.packets).toBeGreaterThan(60);
    const rude = createConnection(tcpPort, '127.0.0.1');
    const cut = once(rude, 'close');
    rude.on('error', () => undefined).write(Buffer.alloc(10_000, 0xff)); // a frame of 65 535 bytes
    await cut;
  });

  test('comes as sound alone to who wishes it, and as a picture again', async () => {
    const { viewer } = await running('s5');
    const token = relay.token('s5', 'watch', 'viewer');
    const wish = (layer: string) =>
      fetch(`${viewer.resource}/layer`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ layer }),
      });
    expect((await wish('voice')).status).toBe(204);
    const { frames, sounds } = viewer;
    await until(() => viewer.sounds > sounds + 20, 'sound goes on');
    expect(viewer.frames).toBeLessThanOrEqual(frames + 2);
    expect((await wish('high')).status).toBe(204);
    await until(() => viewer.frames > frames + 10, 'the picture is back');
    expect(viewer.missed).toBe(0);
    expect((await wish('best')).status).toBe(400);
  });
});

describe('whoever is in another network all at once', () => {
  test('posts again from there: a viewer sees the picture, and his old place is given up', async () => {
    const lossy = await line();
    await sending('n1');
    const { viewer: before } = await watching('n1', 'wanderer', lossy);
    await until(() => before.frames > 10, 'a picture');
    lossy.move();
    before.fallSilent();
    const { viewer, status } = await watching('n1', 'wanderer', lossy);
    expect(status).toBe(201);
    await until(() => viewer.frames > 30 && viewer.firstIsKey === true, 'a picture by the new way');
    const headers = {
      authorization: `Bearer ${relay.token('n1', 'watch', 'wanderer')}`,
      'content-type': 'application/trickle-ice-sdpfrag',
    };
    const knows = async ({ resource }: TestViewer) =>
      (await fetch(resource, { method: 'PATCH', headers, body: '' })).status;
    await until(async () => (await knows(before)) === 404, 'the old place is given up', 20_000);
    expect(await knows(viewer)).toBe(204);
  }, 40_000);

  test('posts again from there: a camera is back to the same viewers, without a gap', async () => {
    const lossy = await line();
    const news = await relay.news();
    const { camera: before } = await sending('n2', {}, lossy);
    await until(() => news.get('n2')?.state === 'live', 'on air');
    const { viewer } = await watching('n2');
    await until(() => viewer.frames > 10, 'a picture');
    lossy.losesUp = () => true; // the old way is shut
    lossy.move();
    await until(() => news.get('n2')?.state === 'stalled', 'interrupted');
    lossy.losesUp = () => false;
    before.stop();
    const { status } = await sending('n2', {}, lossy);
    expect(status).toBe(201);
    const { frames } = viewer;
    await until(() => viewer.frames > frames + 20 && news.get('n2')?.state === 'live', 'seen again');
    expect(viewer.missed).toBe(0);
  }, 40_000);
});

describe('a camera', () => {
  test('that falls silent is told as interrupted after five seconds, and comes back to the same viewers', async () => {
    const { news, camera, viewer } = await running('c1');
    camera.close();
    await until(() => news.get('c1')?.state === 'stalled', 'interrupted');
    await sending('c1');
    await until(() => news.get('c1')?.state === 'live', 'back');
    const { frames } = viewer;
    await until(() => viewer.frames > frames + 20, 'the same viewer sees it again');
    expect(viewer.missed).toBe(0);
  }, 20_000);

  test('that stops without a word is interrupted too', async () => {
    const { news, camera, viewer } = await running('c2');
    camera.stop();
    await until(() => news.get('c2')?.state === 'stalled', 'interrupted');
    const { frames } = viewer;
    camera.start();
    await until(() => viewer.frames > frames + 20 && news.get('c2')?.state === 'live', 'back at once');
  }, 20_000);

  test('gives way to the same person’s next one; another’s is refused while it runs, and let in when it is silent', async () => {
    const { news, camera, viewer } = await running('c3');
    expect((await sending('c3', { person: 'thief' })).status).toBe(409);
    const { status, camera: second } = await sending('c3');
    expect(status).toBe(201);
    const asked = await fetch(camera.resource, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${relay.token('c3', 'publish', 'host')}` },
    });
    expect(asked.status).toBe(410); // its page is told that another has taken its place
    const { frames } = viewer;
    await until(() => viewer.frames > frames + 20, 'the second one is seen');
    second.stop();
    await until(() => news.get('c3')?.state === 'stalled', 'silent');
    expect((await sending('c3', { person: 'cohost' })).status).toBe(201);
  }, 20_000);

  test('that was put out has ended, and is not called interrupted', async () => {
    const { news, camera } = await running('c4');
    const by = (person: string) =>
      fetch(camera.resource, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${relay.token('c4', 'publish', person)}` },
      });
    expect((await by('thief')).status).toBe(403);
    expect((await by('host')).status).toBe(200);
    await until(() => news.get('c4')?.state === 'ended', 'ended');
    expect((await by('host')).status).toBe(404);
  });

  test('whose page closes has ended, although its connection is gone before its word arrives', async () => {
    const { news, camera } = await running('c6');
    const headers = { authorization: `Bearer ${relay.token('c6', 'publish', 'host')}` };
    camera.close();
    await until(() => news.get('c6')?.state === 'stalled', 'lost');
    expect((await fetch(camera.resource, { method: 'DELETE', headers })).status).toBe(200);
    await until(() => news.get('c6')?.state === 'ended', 'ended');
    expect((await fetch(camera.resource, { method: 'DELETE', headers })).status).toBe(404);
  }, 20_000);

  test('that comes back with another codec sends its viewers to come again', async () => {
    const { news } = await running('c5');
    await sending('c5', { codec: 'H264' });
    await until(() => news.get('c5')?.take === 1, 'another take');
    expect((await watching('c5')).status).toBe(406);
  });
});

describe('whoever may not', () => {
  let sdp = '';
  let viewerSdp = '';
  beforeAll(async () => {
    await running('w1');
    sdp = new TestCamera(library).peer.localDescription()?.sdp ?? '';
    const camera = new TestCamera(library);
    const viewer = new TestViewer(library);
    camera.peer.setLocalDescription('offer');
    viewer.peer.setLocalDescription('offer');
    sdp = camera.peer.localDescription()!.sdp;
    viewerSdp = viewer.peer.localDescription()!.sdp;
    camera.close();
    viewer.close();
  });
  const status = async (...asked: Parameters<typeof post>) => (await post(...asked)).status;

  test.each([
    ['without a token', 401, () => status(relay.whip('w1'), null, sdp)],
    ['with a made-up one', 401, () => status(relay.whip('w1'), 'abc.def', sdp)],
    [
      'with one whose time is over',
      401,
      () => status(relay.whip('w1'), relay.token('w1', 'publish', 'host', -1), sdp),
    ],
    [
      'with a viewer’s, at the camera’s door',
      403,
      () => status(relay.whip('w1'), relay.token('w1', 'watch'), sdp),
    ],
    ['with a camera phone’s pass', 403, () => status(relay.whip('w1'), relay.token('w1', 'camera'), sdp)],
    ['with another show’s', 403, () => status(relay.whep('w1'), relay.token('w2', 'watch'), viewerSdp)],
    [
      'for a show that nobody sends',
      404,
      () => status(relay.whep('w9'), relay.token('w9', 'watch'), viewerSdp),
    ],
    ['with no SDP', 400, () => status(relay.whip('w1'), relay.token('w1', 'publish'), 'hello')],
    [
      'with an offer to receive, at the camera’s door',
      400,
      () => status(relay.whip('w8'), relay.token('w8', 'publish'), viewerSdp),
    ],
    ['as JSON', 415, () => status(relay.whip('w1'), relay.token('w1', 'publish'), '{}', 'application/json')],
    [
      'with twenty-one thousand bytes',
      413,
      () => status(relay.whip('w1'), relay.token('w1', 'publish'), sdp + 'a'.repeat(21_000)),
    ],
    ['with a codec that nobody here has', 406, async () => (await sending('w7', { codec: 'AV1' })).status],
  ])('comes %s is answered %i', async (_, expected, ask) => {
    expect(await ask()).toBe(expected);
  });

  test('changes or ends another’s connection is refused; more candidates are taken and not used; a restart is not', async () => {
    const { viewer } = await running('w3');
    const ask = (
      method: string,
      token: string | null,
      body?: string,
      type = 'application/trickle-ice-sdpfrag',
    ) =>
      fetch(viewer.resource, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': type }),
        },
        ...(body && { body }),
      }).then((answer) => answer.status);
    const his = relay.token('w3', 'watch', 'viewer', -1); // over long ago: who is in may leave
    const candidate = 'a=candidate:1 1 UDP 1 10.0.0.1 9 typ host\r\n';
    expect(await ask('DELETE', null)).toBe(401);
    expect(await ask('DELETE', relay.token('w3', 'watch', 'other'))).toBe(403);
    expect(await ask('DELETE', relay.token('w3', 'publish', 'viewer'))).toBe(403);
    expect(await ask('PATCH', relay.token('w3', 'watch', 'other'), candidate)).toBe(403);
    expect(await ask('PATCH', his, candidate)).toBe(204);
    expect(await ask('PATCH', his, 'a=ice-ufrag:neww\r\na=ice-pwd:x\r\n')).toBe(422);
    expect(await ask('PATCH', his, candidate, 'application/json')).toBe(415);
    expect(await ask('PUT', his, candidate)).toBe(405);
    expect(await ask('DELETE', his)).toBe(200);
    expect(await ask('DELETE', his)).toBe(404);
  });

  test('opens a seventh screen loses the first', async () => {
    await running('w4');
    const all: TestViewer[] = [];
    for (let n = 0; n < 7; n += 1) all.push((await watching('w4', 'many')).viewer);
    const asked = await fetch(all[0]!.resource, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${relay.token('w4', 'watch', 'many')}`,
        'content-type': 'application/trickle-ice-sdpfrag',
      },
      body: '',
    });
    expect(asked.status).toBe(410);
    await until(() => all.slice(1).every((one) => one.frames > 3), 'the others see it');
  });
});

test('a full house says so and when to come again', async () => {
  const small = await RelayProcess.open('--viewers-max', '1');
  try {
    const camera = new TestCamera(library);
    open.push(camera);
    await camera.connect(small.whip('f'), small.token('f', 'publish'));
    camera.start();
    const [one, two] = [new TestViewer(library), new TestViewer(library)];
    open.push(one, two);
    expect((await one.connect(small.whep('f'), small.token('f', 'watch', 'a'))).status).toBe(201);
    const refused = await two.connect(small.whep('f'), small.token('f', 'watch', 'b'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  } finally {
    await small.close();
  }
});
