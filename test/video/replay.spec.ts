import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'node-datachannel';
import {
  type Bundle,
  type ClipsAnswer,
  type MediaAddress,
  type RecordingDisk,
  type ReplayAnswer,
  type Stage,
} from '@qingpai/wire';
import { judgeFile } from '../../apps/relay/src/recording/testing/judgeFile.js';
import { judgeRecording } from '../../apps/auditor/src/recording.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { TestCamera, until } from './kit/peers.js';

/** An evening that is filmed, from the camera to the replay and to whoever checks it. */
let market: Market;
const folder = mkdtempSync(join(tmpdir(), 'qingpai-replay-'));
const open: { close(): void }[] = [];
beforeAll(async () => {
  market = await Market.open({ RECORDING_FREE_GB_MIN: '1' });
}, 60_000);
afterAll(async () => {
  for (const one of open) one.close();
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const rules = { ...shortRules, openForMs: 4_000 };
const bytesOf = async (path: string, token?: string, range?: string) => {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(range && { range }) };
  const response = await fetch(market.origin + path, { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};
const keep = (name: string, bytes: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

test('what was filmed stands in the log with its hash, is shown to who may see it, and checked by anybody', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  const [token, officer] = [await market.host(), await market.officer()];
  const [wu, lin] = [await market.signIn('13911110001', '老吴'), await market.signIn('13911110002', '小林')];
  for (const buyer of [wu, lin]) await market.must('POST', `/api/shows/${showId}/join`, buyer, {});
  const [atWu, guest] = [await market.enter(showId, wu), await market.signIn('13911110003', '路人')];
  const { url, token: may } = await market.must<MediaAddress>(
    'POST',
    `/api/shows/${showId}/stage/publish`,
    token,
    {},
  );
  const camera = new TestCamera(library, { codec: 'H264', real: true });
  open.push(camera);
  expect((await camera.connect(market.origin + url, may)).status).toBe(201);
  camera.start();
  const stage = () => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
  await until(async () => (await stage()).recording === 'on', 'the room is told that it is recorded');

  await host.does({ name: 'offer', lot: 'L1' });
  expect((await atWu.bid('L1', 3_600)).ok).toBe(true);
  await until(() => Object.keys(host.state.sales).length === 1, 'the hammer falls', 20_000);
  await host.does({ name: 'close' });
  await fetch(camera.resource, { method: 'DELETE', headers: { authorization: `Bearer ${may}` } });
  camera.close();
  const asked = (who?: string) => market.ask<ReplayAnswer>('GET', `/api/shows/${showId}/replay`, who);
  await until(async () => (await asked(token)).answer.pieces.length > 0, 'the piece is in the log', 30_000);

  // The house and the township see it; a buyer when the host lets him; nobody else.
  const { answer } = await asked(officer);
  const piece = answer.pieces.at(-1)!;
  expect(piece.state).toBe('kept');
  expect([(await asked()).status, (await asked(wu)).status, (await asked(guest)).status]).toEqual([
    401, 403, 403,
  ]);
  const path = `/api/shows/${showId}/recordings/${piece.segment}`;
  expect((await bytesOf(path, lin)).status).toBe(403);
  const opened = await market.must<ReplayAnswer>('POST', `/api/shows/${showId}/replay`, token, {
    buyersMayWatch: true,
  });
  expect(opened).toMatchObject({ buyersMayWatch: true, mayOpen: true });
  expect([(await asked(wu)).status, (await asked(guest)).status]).toEqual([200, 403]);
  expect(
    (await market.ask('POST', `/api/shows/${showId}/replay`, wu, { buyersMayWatch: false })).status,
  ).toBe(403);

  const whole = await bytesOf(path, lin);
  expect(createHash('sha256').update(whole.bytes).digest('base64')).toBe(piece.sha256);
  const part = await bytesOf(path, lin, 'bytes=4-7');
  expect([part.status, part.bytes.toString()]).toEqual([206, 'ftyp']);
  expect(part.headers.get('content-range')).toBe(`bytes 4-7/${piece.bytes}`);
  expect((await bytesOf(path, lin, `bytes=${piece.bytes}-`)).status).toBe(416);
  expect((await judgeFile(keep('whole.mp4', whole.bytes))).codecs).toEqual(['avc', 'opus']);

  // A clip of his own lot: for its buyer, the house and the township.
  const clip = `/api/shows/${showId}/sales/S1/clip`;
  expect([(await bytesOf(clip, lin)).status, (await bytesOf(clip)).status]).toEqual([403, 401]);
  for (const who of [wu, token, officer]) expect((await bytesOf(clip, who)).status).toBe(200);
  const cut = await judgeFile(keep('clip.mp4.part', (await bytesOf(clip, wu)).bytes));
  expect(cut.seconds).toBeGreaterThan(3);
  expect(cut.keyframes).toBeGreaterThan(1);
  expect(cut.sounds).toBeGreaterThan(100);

  // Anybody checks the file against the log.
  const bundle = await market.must<Bundle>('GET', `/api/shows/${showId}/bundle`);
  const report = judgeRecording(bundle.leaves, join(folder));
  expect(report.strangers).toEqual([]);
  expect(report.missing).not.toContain(piece.segment);

  const disk = await market.must<RecordingDisk>('GET', '/api/recordings/disk', officer);
  expect(disk.usedBytes).toBeGreaterThanOrEqual(piece.bytes);
  expect(disk.state).not.toBe('full');
  expect((await market.ask('GET', '/api/recordings/disk', wu)).status).toBe(403);
  expect(readdirSync(join(market.dataDir, 'recordings', 'inbox'))).toEqual([]);
}, 120_000);

test('a lot that was filmed in several pieces gives one clip, which names them; another picture begins the next', async () => {
  const { showId, host } = await market.openShow([pot()], { ...rules, openForMs: 30_000, hardEndMs: 60_000 });
  const token = await market.host();
  const wu = await market.buyer(showId, '老吴');
  const stage = () => market.must<Stage>('GET', `/api/shows/${showId}/stage`);
  const pieces = async () =>
    (await market.must<ReplayAnswer>('GET', `/api/shows/${showId}/replay`, token)).pieces;
  const take = async (codec: 'H264' | 'VP8', forMs: number) => {
    const before = (await pieces()).length;
    const at = await market.must<MediaAddress>('POST', `/api/shows/${showId}/stage/publish`, token, {});
    const camera = new TestCamera(library, { codec, real: true });
    open.push(camera);
    expect((await camera.connect(market.origin + at.url, at.token)).status).toBe(201);
    camera.start();
    await until(async () => (await stage()).recording === 'on', 'it is recorded', 20_000);
    await new Promise((resolve) => setTimeout(resolve, forMs));
    await fetch(camera.resource, { method: 'DELETE', headers: { authorization: `Bearer ${at.token}` } });
    camera.close();
    await until(async () => (await pieces()).length > before, 'its piece is in the log', 30_000);
  };
  await host.does({ name: 'offer', lot: 'L1' });
  expect(await wu.bid('L1', 3_600)).toMatchObject({ ok: true });
  await take('H264', 3_000);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await take('H264', 3_000);
  await take('VP8', 2_000);
  await until(() => Object.keys(host.state.sales).length === 1, 'the hammer falls', 60_000);
  await host.does({ name: 'close' });

  const at = `/api/shows/${showId}/sales/S1`;
  const { clips, gaps } = await market.must<ClipsAnswer>('GET', `${at}/clips`, await market.officer());
  const kept = await pieces();
  expect(clips).toHaveLength(2);
  expect(clips.flatMap((one) => one.pieces)).toEqual(
    kept.map(({ segment, sha256 }) => ({ segment, sha256 })),
  );
  expect(clips[0]!.pieces.length).toBeGreaterThan(1);
  expect(gaps.length).toBeGreaterThan(0);
  for (const gap of gaps)
    expect(kept.every((one) => one.toMs <= gap.fromMs || one.fromMs >= gap.toMs)).toBe(true);
  expect((await market.ask('GET', `${at}/clips`, await market.signIn('13911110009', '路人'))).status).toBe(
    403,
  );

  const files = clips.map(async ({ part }) =>
    judgeFile(keep(`${showId}-${part}.part`, (await bytesOf(`${at}/clip?part=${part}`, token)).bytes)),
  );
  const [first, second] = await Promise.all(files);
  const spanSeconds =
    (kept.findLast(({ segment }) => segment === clips[0]!.pieces.at(-1)!.segment)!.toMs - kept[0]!.fromMs) /
    1_000;
  expect(first!.codecs).toEqual(['avc', 'opus']);
  expect(first!.seconds).toBeGreaterThan(spanSeconds - 1);
  expect(first!.seconds).toBeLessThan(spanSeconds + 1);
  // What was not filmed stands still and is silent.
  expect(first!.pictures).toBeLessThan(10 * (spanSeconds - 1));
  expect(first!.sounds).toBeGreaterThan(50 * (spanSeconds - 1));
  expect(first!.comment?.split('\n')).toEqual(
    clips[0]!.pieces.map(({ segment, sha256 }) => `${segment} ${sha256}`),
  );
  expect(second!.codecs[0]).toBe('vp8');
  expect((await bytesOf(`${at}/clip?part=3`, token)).status).toBe(404);
}, 180_000);
