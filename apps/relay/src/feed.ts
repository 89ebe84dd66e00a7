import {
  FEED_IDLE_MS,
  HISTORY_PACKETS,
  KEYFRAME_FRESH_MS,
  KEYFRAME_FRESH_PACKETS,
  NACK_AGAIN_MS,
  NACK_MISSING_MAX,
  NACK_TRIES_MAX,
} from './limits.js';
import { beginsKeyframe, type VideoCodec } from './rtp/keyframe.js';
import { type Reception } from './rtp/rtcp.js';
import { type Rtp, seqStep, withoutExtensions } from './rtp/rtp.js';

/** One packet on its way, with its own numbers; `bytes` are readdressed for every viewer. */
export interface Packet {
  seq: number;
  timestamp: number;
  marker: boolean;
  /** A decoder can begin here; always so for sound. */
  begins: boolean;
  bytes: Buffer;
}

export interface SenderReport {
  ntpHigh: number;
  ntpLow: number;
  timestamp: number;
}

/** One stream as it comes from the camera: sound, or one size of the picture. Keeps what may have to be sent again. */
export class Feed {
  private readonly history: (Packet | undefined)[] = new Array<Packet | undefined>(HISTORY_PACKETS);
  /** Missing sequence number → how often it was asked for, and when next. */
  private readonly missing = new Map<number, { tries: number; nextAtMs: number }>();
  private highest = -1;
  private cycles = 0;
  private received = 0;
  private expectedBefore = 0;
  private receivedBefore = 0;
  private firstSeq = -1;
  private jitter = 0;
  private transitBefore: number | null = null;
  private reportAtMs = 0;
  /** The first packet of the newest keyframe. */
  private key: { seq: number; timestamp: number; atMs: number } | null = null;
  private readonly rate = new Rate();
  private readonly frames = new Rate();
  lastAtMs: number;
  report: SenderReport | null = null;
  /** Since the beginning, for the counters. */
  packets = 0;
  lost = 0;
  nacked = 0;
  /** A picture can be made of it: a keyframe has come. */
  begun = false;

  constructor(
    readonly ssrc: number,
    readonly codec: VideoCodec | 'opus',
    readonly clockRate: number,
    /** 0: the best. */
    readonly rank: number,
    nowMs: number,
  ) {
    this.lastAtMs = nowMs;
  }

  get isVideo(): boolean {
    return this.codec !== 'opus';
  }

  /** Null: it came twice. */
  receive(packet: Buffer, rtp: Rtp, nowMs: number): Packet | null {
    this.lastAtMs = nowMs;
    this.packets += 1;
    this.rate.add(packet.length, nowMs);
    if (!this.count(rtp, nowMs)) return null;
    if (rtp.marker && this.isVideo) this.frames.add(1, nowMs);
    const payload = packet.subarray(rtp.payloadAt, rtp.payloadEnd);
    const begins = this.codec === 'opus' || beginsKeyframe(this.codec, payload);
    if (begins) this.begun = true;
    const kept = {
      seq: rtp.seq,
      timestamp: rtp.timestamp,
      marker: rtp.marker,
      begins,
      bytes: withoutExtensions(packet, rtp),
    };
    this.history[rtp.seq % HISTORY_PACKETS] = kept;
    if (begins) this.noteKeyframe(rtp, nowMs);
    return kept;
  }

  private noteKeyframe({ seq, timestamp }: Rtp, nowMs: number): void {
    const isOlder = this.key !== null && seqStep(this.key.seq, seq) < 0;
    if (this.isVideo && !isOlder && this.key?.timestamp !== timestamp) {
      this.key = { seq, timestamp, atMs: nowMs };
    }
  }

  /** From the newest keyframe to now, for who has just come; nothing where that was too long ago. */
  sinceKeyframe(nowMs: number): Packet[] {
    if (!this.key || nowMs - this.key.atMs > KEYFRAME_FRESH_MS) return [];
    const { seq } = this.key;
    const count = seqStep(seq, this.highest) + 1;
    if (count > KEYFRAME_FRESH_PACKETS) return [];
    const packets = Array.from({ length: count }, (_, k) => this.packet((seq + k) & 0xffff));
    // One that is on its way is asked for by the viewer as any other.
    return packets[0] ? packets.filter((one) => one !== null) : [];
  }

  packet(seq: number): Packet | null {
    const kept = this.history[seq % HISTORY_PACKETS];
    return kept?.seq === seq ? kept : null;
  }

  bitsPerSecond(nowMs: number): number {
    return 8 * this.rate.perSecond(nowMs);
  }
  /** By the last packet of each frame. */
  framesPerSecond(nowMs: number): number {
    return this.frames.perSecond(nowMs);
  }
  isActive(nowMs: number): boolean {
    return nowMs - this.lastAtMs < FEED_IDLE_MS;
  }

  private count({ seq, timestamp }: Rtp, nowMs: number): boolean {
    const step = this.highest < 0 ? 1 : seqStep(this.highest, seq);
    if (this.highest < 0) this.firstSeq = seq;
    else if (step <= 0) {
      const isNew = this.packet(seq) === null;
      if (isNew) this.received += 1;
      this.missing.delete(seq);
      return isNew;
    } else this.note(step, nowMs);
    if (seq < this.highest) this.cycles += 1;
    this.highest = seq;
    this.received += 1;
    const transit = (nowMs * this.clockRate) / 1_000 - timestamp;
    if (this.transitBefore !== null) {
      const differs = Math.abs(transit - this.transitBefore);
      if (differs < 10 * this.clockRate) this.jitter += (differs - this.jitter) / 16;
    }
    this.transitBefore = transit;
    return true;
  }

  private note(step: number, nowMs: number): void {
    if (!this.isVideo) return;
    if (step > NACK_MISSING_MAX) return this.missing.clear();
    for (let k = 1; k < step; k += 1) {
      this.lost += 1;
      this.missing.set((this.highest + k) & 0xffff, { tries: 0, nextAtMs: nowMs });
    }
    // The oldest first: a Map keeps its order.
    for (const seq of this.missing.keys()) {
      if (this.missing.size <= NACK_MISSING_MAX) break;
      this.missing.delete(seq);
    }
  }

  /** What is to be asked for now. `gaveUp`: something was asked for in vain, so that a keyframe is needed. */
  asked(nowMs: number): { seqs: number[]; gaveUp: boolean } {
    const seqs: number[] = [];
    let gaveUp = false;
    for (const [seq, ask] of this.missing) {
      if (ask.nextAtMs > nowMs) continue;
      if (ask.tries >= NACK_TRIES_MAX) {
        this.missing.delete(seq);
        gaveUp = true;
        continue;
      }
      ask.tries += 1;
      ask.nextAtMs = nowMs + NACK_AGAIN_MS;
      seqs.push(seq);
    }
    this.nacked += seqs.length;
    return { seqs, gaveUp };
  }

  handleSenderReport(report: SenderReport, nowMs: number): void {
    this.report = report;
    this.reportAtMs = nowMs;
  }

  /** RFC 3550 §6.4.1 and A.3, since the last time it was asked. */
  reception(nowMs: number): Reception {
    const extended = this.cycles * 65_536 + Math.max(0, this.highest);
    const expected = extended - this.firstSeq + 1;
    const [expectedNow, receivedNow] = [expected - this.expectedBefore, this.received - this.receivedBefore];
    this.expectedBefore = expected;
    this.receivedBefore = this.received;
    const lostNow = Math.max(0, expectedNow - receivedNow);
    return {
      ssrc: this.ssrc,
      lostOf256: expectedNow > 0 ? Math.min(255, Math.floor((256 * lostNow) / expectedNow)) : 0,
      lost: expected - this.received,
      highestSeq: extended,
      jitter: Math.floor(this.jitter),
      lastReport: this.report ? ((this.report.ntpHigh & 0xffff) << 16) | (this.report.ntpLow >>> 16) : 0,
      sinceReport: this.report ? Math.floor(((nowMs - this.reportAtMs) * 65_536) / 1_000) : 0,
    };
  }
}

/** How much of anything came in the last whole second. */
export class Rate {
  private second = 0;
  private count = 0;
  private before = 0;

  add(count: number, nowMs: number): void {
    this.turn(nowMs);
    this.count += count;
  }
  perSecond(nowMs: number): number {
    this.turn(nowMs);
    return this.before;
  }
  private turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    if (second === this.second) return;
    this.before = second === this.second + 1 ? this.count : 0;
    this.count = 0;
    this.second = second;
  }
}
