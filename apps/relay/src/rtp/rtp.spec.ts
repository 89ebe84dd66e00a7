import { beginsKeyframe } from './keyframe.js';
import { nack, pli, readRtcp, receiverReport, remb, senderReportFor, transportWide } from './rtcp.js';
import { address, extension, isRtcp, readRtp, seqStep, withoutExtensions } from './rtp.js';

/** A packet with these one-byte elements in its extension, and so much padding. */
function packet({ elements = [] as [number, string][], payload = 'payload', padding = 0 } = {}): Buffer {
  const head = Buffer.from([0x80, 0x60 | 0x80, 0x12, 0x34, 0, 0, 0x03, 0xe8, 0xde, 0xad, 0xbe, 0xef]);
  const body = Buffer.concat(
    elements.map(([id, text]) =>
      Buffer.concat([Buffer.from([(id << 4) | (text.length - 1)]), Buffer.from(text)]),
    ),
  );
  const whole = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const extended =
    elements.length > 0 ? Buffer.concat([Buffer.from([0xbe, 0xde, 0, whole.length / 4]), whole]) : whole;
  if (elements.length > 0) head[0]! |= 0x10;
  if (padding > 0) head[0]! |= 0x20;
  const tail = Buffer.alloc(padding);
  if (padding > 0) tail[padding - 1] = padding;
  return Buffer.concat([head, extended, Buffer.from(payload), tail]);
}

describe('a packet of RTP', () => {
  it('is read as it was written, elements and padding told apart from the payload', () => {
    const bytes = packet({ elements: [[3, 'h'], [5, 'ab']], padding: 4 }); // prettier-ignore
    const rtp = readRtp(bytes)!;
    expect(rtp).toMatchObject({
      payloadType: 96,
      marker: true,
      seq: 0x1234,
      timestamp: 1_000,
      ssrc: 0xdeadbeef,
    });
    expect(bytes.subarray(rtp.payloadAt, rtp.payloadEnd).toString()).toBe('payload');
    expect(extension(bytes, rtp, 3)!.toString()).toBe('h');
    expect(extension(bytes, rtp, 5)!.toString()).toBe('ab');
    expect(extension(bytes, rtp, 4)).toBeNull();
  });

  it('goes on without what the camera wrote for us, under another number', () => {
    const bytes = packet({ elements: [[3, 'h']], padding: 8 });
    const bare = withoutExtensions(bytes, readRtp(bytes)!);
    address(bare, { payloadType: 101, marker: false, seq: 7, timestamp: 4_000_000_000, ssrc: 9 });
    const rtp = readRtp(bare)!;
    expect(rtp).toMatchObject({ payloadType: 101, marker: false, seq: 7, timestamp: 4_000_000_000, ssrc: 9 });
    expect(bare.subarray(rtp.payloadAt).toString()).toBe('payload');
  });

  it('is none when it is cut off anywhere, or lies about its lengths', () => {
    const bytes = packet({ elements: [[3, 'h']], padding: 4 });
    for (let length = 0; length < 20; length += 1) expect(readRtp(bytes.subarray(0, length))).toBeNull();
    expect(readRtp(Buffer.concat([bytes.subarray(0, bytes.length - 1), Buffer.from([255])]))).toBeNull();
    expect(readRtp(Buffer.alloc(40))).toBeNull();
  });

  it('is counted past the end of its sixteen bits', () => {
    expect([seqStep(65_535, 0), seqStep(0, 65_535), seqStep(10, 12), seqStep(12, 10)]).toEqual([
      1, -1, 2, -2,
    ]);
  });
});

describe('a keyframe', () => {
  it.each([
    ['VP8', [0x10, 0x00], true],
    ['VP8', [0x10, 0x01], false],
    ['VP8', [0x00, 0x00], false],
    ['VP8', [0x90, 0x80, 0x81, 0x02, 0x00], true], // a picture id of two bytes
    ['VP8', [0x90], false],
    ['H264', [0x67, 0x42], true],
    ['H264', [0x65, 0x88], true],
    ['H264', [0x41, 0x9a], false],
    ['H264', [0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68], true],
    ['H264', [0x78, 0, 1, 0x41], false],
    ['H264', [0x7c, 0x85], true],
    ['H264', [0x7c, 0x45], false], // not its first fragment
    ['H264', [], false],
  ] as const)('of %s begins with %j: %s', (codec, payload, begins) => {
    expect(beginsKeyframe(codec, Buffer.from(payload))).toBe(begins);
  });
});

describe('what is told about packets', () => {
  it('asks for those that are missing, and is read back', () => {
    const bytes = Buffer.concat([pli(7), nack(8, [65_535, 3])]);
    expect(isRtcp(bytes)).toBe(true);
    expect(readRtcp(bytes)).toEqual([
      { kind: 'keyframe', of: 7 },
      { kind: 'nack', of: 8, seqs: [65_535, 3] },
    ]);
  });

  it('a mask names sixteen more at once', () => {
    const bytes = nack(8, [65_534]);
    bytes.writeUInt16BE(0b101, 14);
    expect(readRtcp(bytes)).toEqual([{ kind: 'nack', of: 8, seqs: [65_534, 65_535, 1] }]);
  });

  it('reports of sender and receiver are read back', () => {
    const sent = senderReportFor(5, { ntpHigh: 1, ntpLow: 2, timestamp: 3 }, { packets: 4, bytes: 5 });
    expect(readRtcp(sent)[0]).toEqual({
      ...{ kind: 'sender', ssrc: 5, ntpHigh: 1, ntpLow: 2, timestamp: 3, packets: 4, bytes: 5 },
    });
    const one = {
      ssrc: 6,
      lostOf256: 64,
      lost: 9,
      highestSeq: 70_000,
      jitter: 1,
      lastReport: 2,
      sinceReport: 3,
    };
    expect(readRtcp(receiverReport([one]))).toContainEqual({ kind: 'receiver', of: 6, lostOf256: 64 });
  });

  it('the most that may be sent is written as Chrome reads it', () => {
    const bytes = remb(2_500_000, [9]);
    expect(bytes.subarray(12, 16).toString('latin1')).toBe('REMB');
    const word = bytes.readUInt32BE(16);
    expect((word & 0x3ffff) * 2 ** ((word >>> 18) & 0x3f)).toBeCloseTo(2_500_000, -2);
  });

  it('arrivals are told in quarters of a millisecond, missing ones as such', () => {
    const bytes = transportWide(9, 65_535, [64_000, null, 65_000, 164_000], 3);
    expect(bytes.length % 4).toBe(0);
    expect([bytes.readUInt16BE(12), bytes.readUInt16BE(14)]).toEqual([65_535, 4]);
    expect([bytes.readUIntBE(16, 3), bytes[19]]).toEqual([1, 3]);
    // Two bits each: small delta, missing, small delta, large delta.
    expect(bytes.readUInt16BE(20)).toBe(0b11_01_00_01_10_00_00_00);
    expect([bytes[22], bytes[23], bytes.readInt16BE(24)]).toEqual([0, 4, 396]);
  });

  it('whatever is cut off or made up is passed over', () => {
    const bytes = nack(8, [1, 2, 3]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(readRtcp(bytes.subarray(0, length))).toEqual([]);
    expect(readRtcp(Buffer.alloc(200, 0xff))).toEqual([]);
  });
});
