import { Feed } from './feed.js';
import { KEYFRAME_FRESH_MS } from './limits.js';
import { nack, receiverReport } from './rtp/rtcp.js';
import { readRtp } from './rtp/rtp.js';
import { Viewer } from './viewer.js';

/** VP8 as a camera sends it: a keyframe or not, by number. */
function vp8(seq: number, timestamp: number, isKey: boolean, ssrc = 1): Buffer {
  const bytes = Buffer.alloc(20);
  bytes[0] = 0x80;
  bytes[1] = 96;
  bytes.writeUInt16BE(seq & 0xffff, 2);
  bytes.writeUInt32BE(timestamp >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes[12] = 0x10;
  bytes[13] = isKey ? 0 : 1;
  return bytes;
}
function hall() {
  const sent: { seq: number; timestamp: number; ssrc: number }[] = [];
  const wanted: Feed[] = [];
  const viewer = new Viewer(
    { video: { ssrc: 7, payloadType: 101 }, audio: null },
    {
      send: (packet) => {
        const rtp = readRtp(Buffer.from(packet));
        if (rtp && (packet[1]! & 0x7f) === 101) sent.push(rtp);
        return true;
      },
      wantKeyframe: (feed) => void wanted.push(feed),
      handleFirst: () => undefined,
    },
    0,
  );
  const push = (feed: Feed, seq: number, timestamp: number, isKey: boolean, nowMs: number) => {
    const bytes = vp8(seq, timestamp, isKey, feed.ssrc);
    const packet = feed.receive(bytes, readRtp(bytes)!, nowMs);
    if (packet) viewer.handlePacket(feed, packet, nowMs);
  };
  return { viewer, sent, wanted, push };
}
const feedOf = (ssrc: number, rank = 0) => new Feed(ssrc, 'VP8', 90_000, rank, 0);
const report = (lostOf256: number) =>
  receiverReport([
    { ...{ ssrc: 7, lostOf256, lost: 0, highestSeq: 0, jitter: 0, lastReport: 0, sinceReport: 0 } },
  ]);

it('nothing goes out before a keyframe, and then it begins there', () => {
  const { viewer, sent, wanted, push } = hall();
  const feed = feedOf(1);
  viewer.wish('high', [feed], 0);
  expect(wanted).toEqual([feed]);
  push(feed, 65_534, 0, false, 0);
  push(feed, 65_535, 3_000, true, 33);
  push(feed, 0, 6_000, false, 66);
  expect(sent.map(({ seq }) => seq)).toEqual([65_535, 0]);
  expect(sent[0]).toMatchObject({ ssrc: 7, timestamp: 3_000 });
});

it('who comes soon after a keyframe begins with it at once, and is not behind for good', () => {
  const { viewer, sent, wanted, push } = hall();
  const feed = feedOf(1);
  viewer.wish('high', [feed], 0);
  const before = [
    ...[vp8(65_534, 4_000_000_000, false), vp8(65_535, 4_000_003_000, true)],
    ...[vp8(0, 4_000_006_000, false), vp8(1, 4_000_009_000, false)],
  ];
  for (const bytes of before) feed.receive(bytes, readRtp(bytes)!, 0);
  viewer.handleUp(100);
  push(feed, 2, 4_000_012_000, false, 133);
  expect(sent.map(({ seq }) => seq)).toEqual([65_535, 0, 1, 2]);
  expect(sent.map(({ timestamp }) => timestamp - 4_000_009_000)).toEqual([-200, -100, 0, 3_000]);
  // What he asks for again has the same time as when it was sent first.
  viewer.handleRtcp(nack(7, [0]), 140);
  expect(sent.at(-1)).toMatchObject({ seq: 0, timestamp: 4_000_008_900 });
  expect(wanted).toHaveLength(1);
});

it('who comes later than that waits for a new one', () => {
  const { viewer, sent, wanted, push } = hall();
  const feed = feedOf(1);
  viewer.wish('high', [feed], 0);
  const key = vp8(5, 0, true);
  feed.receive(key, readRtp(key)!, 0);
  viewer.handleUp(KEYFRAME_FRESH_MS + 1);
  expect([sent.length, wanted.length]).toEqual([0, 2]);
  push(feed, 6, 3_000, false, 600);
  push(feed, 7, 6_000, true, 633);
  expect(sent.map(({ seq, timestamp }) => [seq, timestamp])).toEqual([[7, 6_000]]);
});

it('from one size to another, and from one camera to the next, his numbers go on without a gap', () => {
  const { viewer, sent, push } = hall();
  const [high, low] = [feedOf(1), feedOf(2, 1)];
  viewer.wish('high', [high, low], 0);
  push(high, 100, 9_000, true, 0);
  push(high, 101, 12_000, false, 33);
  viewer.wish('low', [high, low], 40);
  push(high, 102, 15_000, false, 66); // until the other one's keyframe
  push(low, 5_000, 777, false, 70);
  push(low, 5_001, 800, true, 99);
  push(low, 5_002, 3_800, false, 132);
  expect(sent.map(({ seq }) => seq)).toEqual([100, 101, 102, 103, 104]);
  const steps = sent.slice(1).map(({ timestamp }, k) => timestamp - sent[k]!.timestamp);
  expect(steps).toEqual([3_000, 3_000, 2_970, 3_000]);
});

it('what he asks for again he gets under the number that he knows', () => {
  const { viewer, sent, push } = hall();
  const [one, two] = [feedOf(1), feedOf(2)];
  viewer.wish('high', [one], 0);
  push(one, 10, 0, true, 0);
  viewer.choose([two], 10);
  push(two, 900, 0, true, 20);
  push(two, 901, 3_000, false, 50);
  viewer.handleRtcp(nack(7, [12]), 60);
  expect(sent.map(({ seq }) => seq)).toEqual([10, 11, 12, 12]);
  viewer.handleRtcp(nack(7, [10, 40_000]), 70); // of the camera before, and never sent
  expect(sent.length).toBe(4);
});

it('much loss takes him a step down; a calm time, up again', () => {
  const { viewer, wanted } = hall();
  const [high, low] = [feedOf(1), feedOf(2, 1)];
  for (const feed of [high, low]) feed.lastAtMs = 1e9;
  const feeds = [high, low];
  const tick = (lostOf256: number, nowMs: number) => {
    viewer.handleRtcp(report(lostOf256), nowMs);
    viewer.choose(feeds, nowMs);
  };
  viewer.wish('high', feeds, 0);
  tick(60, 1_000);
  expect(wanted.at(-1)).toBe(high);
  tick(60, 3_500);
  expect(wanted.at(-1)).toBe(low);
  for (let nowMs = 4_000; nowMs < 60_000; nowMs += 1_000) tick(0, nowMs);
  expect(wanted.at(-1)).toBe(high);
});

it('a size that the camera no longer sends is left for one that comes', () => {
  const { viewer, wanted } = hall();
  const [high, low] = [feedOf(1), feedOf(2, 1)];
  low.lastAtMs = 9_000;
  high.lastAtMs = 9_000;
  viewer.wish('high', [high, low], 9_000);
  low.lastAtMs = 12_000;
  viewer.choose([high, low], 12_000);
  expect(wanted).toEqual([high, low]);
});
