import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Feed } from '../feed.js';
import { type VideoCodec } from '../rtp/keyframe.js';
import { readRtp } from '../rtp/rtp.js';
import { type KeptSegment, Recordings, wholeBytes } from './keeping.js';
import { Recorder } from './recorder.js';
import { judgeFile } from './testing/judgeFile.js';
import { FRAMES_PER_SECOND, picture, rtp, sound, SOUNDS_PER_SECOND } from './testing/movingPicture.js';

const T0 = 1_790_000_000_000;
const folders: string[] = [];
const newFolder = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'qingpai-rec-'))) - 1]!;
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A camera without a network: packets go to the recorder in the order that `line` makes of them. */
class Studio {
  readonly folder = newFolder();
  readonly warned: unknown[] = [];
  readonly recordings = new Recordings(this.folder, 0, (what, error) => this.warned.push(what, error));
  readonly sounds = new Feed(2, 'opus', 48_000, 0, 0);
  readonly pictures: Feed;
  readonly recorder: Recorder;
  asked = 0;
  private seq = 65_400;
  private soundSeq = 10;
  nowMs = 1_000;

  constructor(
    readonly codec: VideoCodec,
    segmentMs = 60_000,
  ) {
    this.pictures = new Feed(1, codec, 90_000, 0, 0);
    this.recorder = new Recorder(
      {
        wantKeyframe: () => (this.asked += 1),
        open: (fromMs, shape) => this.recordings.open('show', fromMs, shape, null),
        wallMs: () => T0 + this.nowMs,
        isFull: () => this.recordings.isFull,
      },
      { segmentMs, keyframeEveryMs: 2_000, expects: { video: true, sound: true } },
    );
  }

  /** @param line what becomes of the packets of one tenth of a second */
  send(
    fromFrame: number,
    frames: number,
    line: (packets: Buffer[]) => Buffer[] = (all) => all,
    withSound = true,
  ): void {
    for (let nth = fromFrame; nth < fromFrame + frames; nth += 1) {
      const packets = picture(this.codec, nth).map((one) => rtp(one, this.seq++, 96, 1));
      for (const packet of line(packets)) this.push(this.pictures, packet);
      const each = SOUNDS_PER_SECOND / FRAMES_PER_SECOND;
      for (let k = 0; withSound && k < each; k += 1) {
        this.push(this.sounds, rtp(sound(nth * each + k), this.soundSeq++, 111, 2));
      }
      this.nowMs += 1_000 / FRAMES_PER_SECOND;
      if (nth % 5 === 0) this.recorder.look([this.pictures, this.sounds], this.nowMs);
    }
  }

  private push(feed: Feed, bytes: Buffer): void {
    const packet = feed.receive(bytes, readRtp(bytes)!, this.nowMs);
    if (packet) this.recorder.handlePacket(feed, packet, this.nowMs);
  }

  async end(): Promise<KeptSegment[]> {
    this.recorder.close(this.nowMs);
    await this.recordings.close();
    return notes(this.folder);
  }
}

const notes = (folder: string) =>
  readdirSync(join(folder, 'inbox'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, 'inbox', name), 'utf8')) as KeptSegment);
const fileOf = (folder: string, { show, file }: KeptSegment) => join(folder, show, file);

/** ffprobe, where there is one, has the last word. */
function probe(path: string): string | null {
  try {
    const asked = [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      'stream=codec_name,nb_read_frames',
      '-of',
      'csv',
    ];
    return execFileSync('ffprobe', [...asked, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe.each(['H264', 'VP8'] as const)('a recording of %s', (codec) => {
  const name = codec === 'H264' ? 'avc' : 'vp8';

  test('is one file that plays, with picture and sound, whose hash is noted', async () => {
    const studio = new Studio(codec);
    studio.send(0, 60);
    const [kept, ...more] = await studio.end();
    expect(more).toEqual([]);
    const path = fileOf(studio.folder, kept!);
    const judged = await judgeFile(path);
    expect(judged.codecs).toEqual([name, 'opus']);
    // The first keyframe comes before any sound, and waits for it: the second one is the first of the file.
    expect(judged).toMatchObject({ pictures: 50, keyframes: 5 });
    expect(judged.seconds).toBeCloseTo(5, 0);
    expect(kept).toMatchObject({ show: 'show', bytes: statSync(path).size, fromMs: T0 + 2_000 });
    expect(kept!.toMs - kept!.fromMs).toBeGreaterThan(4_800);
    expect(kept!.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('base64'));
    const said = probe(path);
    if (said !== null) expect(said).toContain(`stream,${codec.toLowerCase()},50`);
    expect(studio.warned).toEqual([]);
  });

  test('is whole although packets come in any order', async () => {
    const studio = new Studio(codec);
    studio.send(0, 60, (packets) => packets.reverse());
    const [kept] = await studio.end();
    expect(await judgeFile(fileOf(studio.folder, kept!))).toMatchObject({ pictures: 50, keyframes: 5 });
  });

  test('goes on from the next keyframe when a packet never comes', async () => {
    const studio = new Studio(codec);
    studio.send(0, 33);
    studio.send(33, 1, (packets) => packets.slice(1));
    studio.send(34, 26);
    const [kept] = await studio.end();
    const path = fileOf(studio.folder, kept!);
    const judged = await judgeFile(path);
    expect(judged.pictures).toBeGreaterThanOrEqual(36);
    expect(judged.pictures).toBeLessThan(50);
    expect(judged.seconds).toBeCloseTo(5, 0);
    expect(() => probe(path)).not.toThrow();
  });

  test('cut off in the middle plays up to its last fragment, and is closed so at the next start', async () => {
    const studio = new Studio(codec);
    studio.send(0, 60);
    const [kept] = await studio.end();
    const folder = newFolder();
    const next = new Recordings(folder, 0, () => undefined);
    next.open('show', T0, { video: null, sound: true }, null)!.close(T0 + 1);
    await next.close();
    const part = join(folder, 'show', `${T0}.part.mp4`);
    copyFileSync(fileOf(studio.folder, kept!), part);
    truncateSync(part, Math.floor(statSync(part).size * 0.6));
    expect(await wholeBytes(part)).toBeLessThan(statSync(part).size);
    const after = new Recordings(folder, 0, () => undefined);
    await after.start();
    await after.close();
    const [closed, ...more] = notes(folder);
    expect(more).toEqual([]);
    const judged = await judgeFile(fileOf(folder, closed!));
    expect(judged.pictures).toBeGreaterThanOrEqual(10);
    expect(judged.pictures % 10).toBe(0);
    expect(closed!.toMs - closed!.fromMs).toBeGreaterThan(900);
    expect(readdirSync(join(folder, 'show'))).toEqual([`${T0}.mp4`]);
  });
});

test('a new segment begins with a keyframe when its time is over, and none overlap', async () => {
  const studio = new Studio('H264', 2_000);
  studio.send(0, 80);
  const all = await studio.end();
  expect(all).toHaveLength(4);
  for (const [k, one] of all.entries()) {
    if (k > 0) expect(one.fromMs).toBeGreaterThanOrEqual(all[k - 1]!.toMs);
    expect((await judgeFile(fileOf(studio.folder, one))).keyframes).toBeGreaterThan(0);
  }
});

test('a camera that sends no keyframe by itself is asked for one every two seconds', async () => {
  const studio = new Studio('VP8');
  for (let k = 0; k < 20; k += 1) {
    studio.nowMs += 500;
    if (k > 0) studio.send(k % 2 === 0 ? 1 : 5, 1);
  }
  expect(studio.asked).toBeGreaterThan(4);
  await studio.end();
});

test('a silence ends a segment, and what follows is another', async () => {
  const studio = new Studio('VP8');
  studio.send(0, 40);
  studio.nowMs += 20_000;
  studio.recorder.look([studio.pictures, studio.sounds], studio.nowMs);
  studio.send(240, 30);
  const [first, second, ...more] = await studio.end();
  expect(more).toEqual([]);
  expect(second!.fromMs - first!.toMs).toBeGreaterThan(15_000);
});

test('a camera whose sound never comes is recorded without it', async () => {
  const studio = new Studio('H264');
  studio.send(0, 60, (all) => all, false);
  const [kept] = await studio.end();
  expect((await judgeFile(fileOf(studio.folder, kept!))).codecs).toEqual(['avc']);
});

test('nothing is recorded on a disk that is too full, and the room can be told so', async () => {
  const folder = newFolder();
  const recordings = new Recordings(folder, Number.MAX_SAFE_INTEGER, () => undefined);
  await recordings.start();
  expect(recordings.isFull).toBe(true);
  expect(recordings.open('show', T0, { video: null, sound: true }, null)).toBeNull();
  await recordings.close();
});
