import { Feed, Rate } from './feed.js';
import { NACK_AGAIN_MS, NACK_TRIES_MAX } from './limits.js';
import { readRtp } from './rtp/rtp.js';

function packet(seq: number, timestamp = 0): Buffer {
  const bytes = Buffer.alloc(16);
  bytes[0] = 0x80;
  bytes[1] = 96;
  bytes.writeUInt16BE(seq & 0xffff, 2);
  bytes.writeUInt32BE(timestamp, 4);
  return bytes;
}
const feed = () => new Feed(1, 'VP8', 90_000, 0, 0);
const push = (to: Feed, seq: number, nowMs = 0) => to.receive(packet(seq), readRtp(packet(seq))!, nowMs);

it('what is missing is asked for, again after a while, and no more once it has come', () => {
  const one = feed();
  push(one, 65_534);
  push(one, 1);
  expect(one.asked(0).seqs).toEqual([65_535, 0]);
  expect(one.asked(NACK_AGAIN_MS - 1).seqs).toEqual([]);
  push(one, 65_535);
  expect(one.asked(NACK_AGAIN_MS).seqs).toEqual([0]);
  push(one, 0);
  expect(one.asked(10 * NACK_AGAIN_MS).seqs).toEqual([]);
});

it('what never comes is given up, and a keyframe wanted in its place', () => {
  const one = feed();
  push(one, 1);
  push(one, 3);
  for (let n = 0; n < NACK_TRIES_MAX; n += 1)
    expect(one.asked(n * NACK_AGAIN_MS)).toEqual({ seqs: [2], gaveUp: false });
  expect(one.asked(NACK_TRIES_MAX * NACK_AGAIN_MS)).toEqual({ seqs: [], gaveUp: true });
});

it('a jump of a thousand is no loss to ask for', () => {
  const one = feed();
  push(one, 1);
  push(one, 1_500);
  expect(one.asked(0).seqs).toEqual([]);
});

it('a packet that comes twice goes on once', () => {
  const one = feed();
  expect(push(one, 1)).not.toBeNull();
  expect(push(one, 1)).toBeNull();
});

it('is reported with what was lost since the last report', () => {
  const one = feed();
  for (const seq of [65_534, 65_535, 1, 2]) push(one, seq);
  expect(one.reception(1_000)).toMatchObject({ lost: 1, highestSeq: 65_536 + 2, lostOf256: 51 });
  push(one, 3);
  expect(one.reception(2_000)).toMatchObject({ lost: 1, lostOf256: 0 });
});

it('a rate is that of the last whole second, and nothing after a silent one', () => {
  const rate = new Rate();
  rate.add(10, 1_100);
  rate.add(5, 1_900);
  expect(rate.perSecond(2_000)).toBe(15);
  expect(rate.perSecond(3_000)).toBe(0);
});
