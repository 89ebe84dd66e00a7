/** RTCP: RFC 3550 §6 (SR, RR), RFC 4585 (NACK, PLI), RFC 5104 (FIR), and Chrome's REMB and transport-wide feedback. */

export type Rtcp =
  | {
      kind: 'sender';
      ssrc: number;
      ntpHigh: number;
      ntpLow: number;
      timestamp: number;
      packets: number;
      bytes: number;
    }
  | { kind: 'receiver'; of: number; lostOf256: number }
  | { kind: 'nack'; of: number; seqs: number[] }
  | { kind: 'keyframe'; of: number }
  | { kind: 'bye'; ssrc: number };

const SR = 200;
const RR = 201;
const BYE = 203;
const RTPFB = 205;
const PSFB = 206;
const TRANSPORT_WIDE = 15;
const NACKS_MAX = 600;

/** Everything in a compound packet that we act on; what is cut off or foreign is passed over. */
export function readRtcp(packet: Buffer): Rtcp[] {
  const found: Rtcp[] = [];
  for (let at = 0; at + 8 <= packet.length;) {
    const end = at + 4 * (packet.readUInt16BE(at + 2) + 1);
    if (packet[at]! >> 6 !== 2 || end > packet.length) break;
    found.push(...readOne(packet.subarray(at, end)));
    at = end;
  }
  return found;
}

function readOne(one: Buffer): Rtcp[] {
  const [count, type] = [one[0]! & 0x1f, one[1]!];
  const ssrc = one.readUInt32BE(4);
  if (type === SR && one.length >= 28) return [senderReport(one, ssrc), ...reports(one, 28, count)];
  if (type === RR) return reports(one, 8, count);
  if (type === BYE) return [{ kind: 'bye', ssrc }];
  if (one.length < 12) return [];
  if (type === RTPFB && count === 1) return [{ kind: 'nack', of: one.readUInt32BE(8), seqs: nacked(one) }];
  if (type === PSFB && count === 1) return [{ kind: 'keyframe', of: one.readUInt32BE(8) }];
  if (type === PSFB && count === 4 && one.length >= 16)
    return [{ kind: 'keyframe', of: one.readUInt32BE(12) }];
  return [];
}

const senderReport = (one: Buffer, ssrc: number): Rtcp => ({
  kind: 'sender',
  ssrc,
  ntpHigh: one.readUInt32BE(8),
  ntpLow: one.readUInt32BE(12),
  timestamp: one.readUInt32BE(16),
  packets: one.readUInt32BE(20),
  bytes: one.readUInt32BE(24),
});

function reports(one: Buffer, from: number, count: number): Rtcp[] {
  const found: Rtcp[] = [{ kind: 'receiver', of: 0, lostOf256: 0 }]; // the sign of life
  for (let at = from; at + 24 <= one.length && found.length <= count; at += 24) {
    found.push({ kind: 'receiver', of: one.readUInt32BE(at), lostOf256: one[at + 4]! });
  }
  return found;
}

function nacked(one: Buffer): number[] {
  const seqs: number[] = [];
  for (let at = 12; at + 4 <= one.length && seqs.length < NACKS_MAX; at += 4) {
    const [first, mask] = [one.readUInt16BE(at), one.readUInt16BE(at + 2)];
    seqs.push(first);
    for (let bit = 0; bit < 16; bit += 1) if (mask & (1 << bit)) seqs.push((first + bit + 1) & 0xffff);
  }
  return seqs;
}

// ---------------------------------------------------------------- what we send

/** @param body whole words after the two SSRCs */
function feedback(type: number, format: number, of: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80 | format;
  head[1] = type;
  head.writeUInt16BE((12 + body.length) / 4 - 1, 2);
  head.writeUInt32BE(OURS, 4);
  head.writeUInt32BE(of, 8);
  return Buffer.concat([head, body]);
}
/** Our own SSRC where we only receive. */
const OURS = 1;

export const pli = (of: number): Buffer => feedback(PSFB, 1, of);

export function nack(of: number, seqs: readonly number[]): Buffer {
  const body = Buffer.alloc(4 * seqs.length);
  seqs.forEach((seq, k) => body.writeUInt16BE(seq, 4 * k));
  return feedback(RTPFB, 1, of, body);
}

/** draft-alvestrand-rmcat-remb: the most we want to receive. */
export function remb(bitsPerSecond: number, ssrcs: readonly number[]): Buffer {
  const body = Buffer.alloc(8 + 4 * ssrcs.length);
  body.write('REMB', 0, 'latin1');
  const exponent = Math.max(0, Math.ceil(Math.log2(bitsPerSecond / 0x3ffff)));
  const mantissa = Math.floor(bitsPerSecond / 2 ** exponent);
  body.writeUInt32BE(((ssrcs.length << 24) | (exponent << 18) | mantissa) >>> 0, 4);
  ssrcs.forEach((ssrc, k) => body.writeUInt32BE(ssrc, 8 + 4 * k));
  return feedback(PSFB, TRANSPORT_WIDE, 0, body);
}

export interface Reception {
  ssrc: number;
  lostOf256: number;
  lost: number;
  highestSeq: number;
  jitter: number;
  /** Middle 32 bits of the last sender report, and how long ago it came, in 1/65536 s; 0: none. */
  lastReport: number;
  sinceReport: number;
}

export function receiverReport(receptions: readonly Reception[]): Buffer {
  const report = Buffer.alloc(8 + 24 * receptions.length);
  report[0] = 0x80 | receptions.length;
  report[1] = RR;
  report.writeUInt16BE(report.length / 4 - 1, 2);
  report.writeUInt32BE(OURS, 4);
  receptions.forEach((one, k) => {
    const at = 8 + 24 * k;
    report.writeUInt32BE(one.ssrc, at);
    report.writeUInt32BE(((one.lostOf256 << 24) | Math.min(0x7fffff, Math.max(0, one.lost))) >>> 0, at + 4);
    report.writeUInt32BE(one.highestSeq >>> 0, at + 8);
    report.writeUInt32BE(one.jitter >>> 0, at + 12);
    report.writeUInt32BE(one.lastReport >>> 0, at + 16);
    report.writeUInt32BE(one.sinceReport >>> 0, at + 20);
  });
  return report;
}

/** A sender report as the camera sent it, in the numbers of one viewer. */
export function senderReportFor(
  ssrc: number,
  report: { ntpHigh: number; ntpLow: number; timestamp: number },
  sent: { packets: number; bytes: number },
): Buffer {
  const bytes = Buffer.alloc(28);
  bytes[0] = 0x80;
  bytes[1] = SR;
  bytes.writeUInt16BE(6, 2);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt32BE(report.ntpHigh, 8);
  bytes.writeUInt32BE(report.ntpLow, 12);
  bytes.writeUInt32BE(report.timestamp >>> 0, 16);
  bytes.writeUInt32BE(sent.packets >>> 0, 20);
  bytes.writeUInt32BE(sent.bytes >>> 0, 24);
  return bytes;
}

const TICK_US = 250;
const REFERENCE_US = 64_000;

/**
 * draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.
 * @param arrivals arrival of each sequence number from `first` on, in µs; null: not received
 */
export function transportWide(
  of: number,
  first: number,
  arrivals: readonly (number | null)[],
  count: number,
): Buffer {
  const start = arrivals.find((at) => at !== null) ?? 0;
  const reference = Math.floor(start / REFERENCE_US);
  let beforeTicks = (reference * REFERENCE_US) / TICK_US;
  const deltas = arrivals.map((at) => {
    if (at === null) return null;
    const ticks = Math.round(at / TICK_US);
    const delta = Math.max(-32_768, Math.min(32_767, ticks - beforeTicks));
    beforeTicks += delta;
    return delta;
  });
  const isSmall = (delta: number) => delta >= 0 && delta <= 255;
  const symbols = deltas.map((delta) => (delta === null ? 0 : isSmall(delta) ? 1 : 2));
  const chunks = Buffer.alloc(2 * Math.ceil(symbols.length / 7));
  for (let chunk = 0; chunk * 7 < symbols.length; chunk += 1) {
    let bits = 0xc000;
    for (let k = 0; k < 7; k += 1) bits |= (symbols[chunk * 7 + k] ?? 0) << (12 - 2 * k);
    chunks.writeUInt16BE(bits, 2 * chunk);
  }
  const told = deltas.flatMap((delta) => {
    if (delta === null) return [];
    return isSmall(delta) ? [delta] : [(delta >> 8) & 0xff, delta & 0xff];
  });
  const head = Buffer.alloc(8);
  head.writeUInt16BE(first, 0);
  head.writeUInt16BE(arrivals.length, 2);
  head.writeUInt32BE((((reference & 0xffffff) << 8) | (count & 0xff)) >>> 0, 4);
  const body = Buffer.concat([head, chunks, Buffer.from(told)]);
  const whole = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  return feedback(RTPFB, TRANSPORT_WIDE, of, whole);
}
