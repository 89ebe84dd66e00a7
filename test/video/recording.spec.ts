import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'node-datachannel';
import { hashOf, type KeptSegment, wholeBytes } from '../../apps/relay/src/recording/keeping.js';
import { judgeFile } from '../../apps/relay/src/recording/testing/judgeFile.js';
import { LossyLine } from './kit/lossy.js';
import { TestCamera, TestViewer, until } from './kit/peers.js';
import { RelayProcess } from './kit/relayProcess.js';

const folder = mkdtempSync(join(tmpdir(), 'qingpai-recordings-'));
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function relayOn(name: string): Promise<{ relay: RelayProcess; root: string }> {
  const root = join(folder, name);
  return { relay: await RelayProcess.open('--recordings', root, '--free-gb-min', '0'), root };
}
async function sending(relay: RelayProcess, codec: 'VP8' | 'H264', by?: (sdp: string) => string) {
  const camera = new TestCamera(library, { codec, real: true });
  open.push(camera);
  expect((await camera.connect(relay.whip('s'), relay.token('s', 'publish'), by)).status).toBe(201);
  camera.start();
  return camera;
}
const notes = (root: string): KeptSegment[] =>
  readdirSync(join(root, 'inbox'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(root, 'inbox', name), 'utf8')) as KeptSegment);
const growing = (root: string): string | undefined => {
  const of = join(root, 's');
  const name = existsSync(of) ? readdirSync(of).find((one) => one.endsWith('.part.mp4')) : undefined;
  return name && join(of, name);
};

test.each(['VP8', 'H264'] as const)(
  'what a camera sends in %s is kept, and who watches notices nothing',
  async (codec) => {
    const { relay, root } = await relayOn(`whole-${codec}`);
    open.push(relay);
    const news = await relay.news();
    const camera = await sending(relay, codec);
    await until(() => news.get('s')?.state === 'live', 'the camera is on air');
    await until(() => (news.get('s') as { recording?: string }).recording === 'on', 'the room is told');
    const viewer = new TestViewer(library, { codec });
    open.push(viewer);
    await viewer.connect(relay.whep('s'), relay.token('s', 'watch'));
    await until(() => viewer.frames > 40, 'a picture comes');
    expect(viewer.missed).toBe(0);
    camera.close();
    await until(() => notes(root).length > 0, 'the segment is finished', 20_000);
    for (const note of notes(root)) {
      const path = join(root, 's', note.file);
      expect(await hashOf(path)).toBe(note.sha256);
      expect(statSync(path).size).toBe(note.bytes);
    }
    const last = await judgeFile(join(root, 's', notes(root).at(-1)!.file));
    expect(last.codecs).toEqual([codec === 'H264' ? 'avc' : 'vp8', 'opus']);
    expect(last.pictures).toBeGreaterThan(20);
  },
);

test('a relay that is killed in the middle leaves a file that plays, and its next start closes and notes it', async () => {
  const { relay, root } = await relayOn('killed');
  const camera = await sending(relay, 'H264');
  await until(() => growing(root) !== undefined, 'a file is there');
  const path = growing(root)!;
  await until(async () => (await wholeBytes(path)) > 5_000, 'some fragments are on the disk', 20_000);
  await relay.kill();
  camera.close();
  const left = await judgeFile(path);
  expect(left.pictures).toBeGreaterThan(9);
  const next = await RelayProcess.open('--recordings', root, '--free-gb-min', '0');
  open.push(next);
  const [note] = notes(root).slice(-1);
  expect(growing(root)).toBeUndefined();
  const closed = join(root, 's', note!.file);
  expect(await hashOf(closed)).toBe(note!.sha256);
  expect((await judgeFile(closed)).pictures).toBeGreaterThan(9);
  expect(note!.toMs).toBeGreaterThan(note!.fromMs);
});

test('a line that loses every tenth packet leaves a recording that plays', async () => {
  const { relay, root } = await relayOn('lossy');
  open.push(relay);
  const lossy = await LossyLine.open(Number(/udp (\d+)/.exec(relay.said)![1]));
  open.push(lossy);
  let n = 0;
  lossy.losesUp = () => (n += 1) % 10 === 0;
  const camera = await sending(relay, 'VP8', (sdp) => lossy.by(sdp));
  await until(() => growing(root) !== undefined, 'a file is there', 20_000);
  const path = growing(root)!;
  await until(async () => (await wholeBytes(path)) > 20_000, 'some fragments are on the disk', 20_000);
  lossy.losesUp = () => false;
  camera.close();
  await until(() => notes(root).length > 0, 'the segment is finished', 20_000);
  expect(lossy.lost).toBeGreaterThan(5);
  const judged = await judgeFile(join(root, 's', notes(root).at(-1)!.file));
  expect(judged.pictures).toBeGreaterThan(15);
});
