import { type Feed, type Packet, type SenderReport } from './feed.js';
import {
  DOWN_AFTER_MS,
  LOSS_DOWN_OF_256,
  LOSS_UP_OF_256,
  RESENT_PER_SECOND_MAX,
  UP_AFTER_MS,
  UP_AFTER_MS_MAX,
} from './limits.js';
import { readRtcp, senderReportFor } from './rtp/rtcp.js';
import { address, seqStep } from './rtp/rtp.js';

/** What a viewer asks for: the best his line takes, a small picture, or sound alone. */
export type Mode = 'high' | 'low' | 'voice';
export const modes: readonly Mode[] = ['high', 'low', 'voice'];

export interface ViewerPort {
  send(packet: Buffer): boolean;
  /** Ask the camera for a keyframe of this stream. */
  wantKeyframe(feed: Feed): void;
  /** The first picture, or in a show without pictures the first sound, has gone out. */
  handleFirst(): void;
}

/** A thirtieth of a second becomes a little more than a millisecond. */
const PRESSED = 30;

/** One stream towards one viewer: his own numbers go on without a gap, whichever stream of the camera they come from. */
class Lane {
  feed: Feed | null = null;
  /** What is to follow, from its next keyframe on. */
  next: Feed | null = null;
  private seqShift = 0;
  private timestampShift = 0;
  private from = 0;
  /** In the stream's time: what was filmed before is shown at once, its times pressed together. */
  private since = 0;
  private last: { seq: number; timestamp: number; atMs: number } | null = null;
  packets = 0;
  bytes = 0;

  constructor(
    readonly ssrc: number,
    readonly payloadType: number,
    private readonly clockRate: number,
  ) {}

  /** The packet as it goes to him; null: not before a keyframe. */
  readdress(feed: Feed, packet: Packet, nowMs: number): Buffer | null {
    if (this.next === feed && packet.begins) this.join(feed, packet, nowMs);
    if (this.feed !== feed || seqStep(this.from, packet.seq) < 0) return null;
    return this.written(packet, nowMs);
  }

  private join(feed: Feed, packet: Packet, nowMs: number): void {
    this.feed = feed;
    this.next = null;
    this.from = packet.seq;
    this.since = packet.timestamp;
    const last = this.last;
    const seq = last ? last.seq + 1 : packet.seq;
    const elapsed = last ? Math.max(1, Math.round(((nowMs - last.atMs) * this.clockRate) / 1_000)) : 0;
    const timestamp = last ? last.timestamp + elapsed : packet.timestamp;
    this.seqShift = seq - packet.seq;
    this.timestampShift = timestamp - packet.timestamp;
  }

  /**
   * What he is to be sent at once, so that his picture does not wait for the next keyframe. Played as fast as it was filmed
   * he would be behind by its length for good.
   */
  catchUp(nowMs: number): Buffer[] {
    const { next } = this;
    const packets = this.last ? [] : (next?.sinceKeyframe(nowMs) ?? []);
    if (!next || packets.length === 0) return [];
    this.join(next, packets[0]!, nowMs);
    this.since = packets.at(-1)!.timestamp;
    return packets.map((packet) => Buffer.from(this.written(packet, nowMs)));
  }

  private written(packet: Packet, nowMs: number): Buffer {
    const seq = (packet.seq + this.seqShift) & 0xffff;
    const early = Math.max(0, (this.since - packet.timestamp) | 0);
    const pressed = early - Math.ceil(early / PRESSED);
    const timestamp = (packet.timestamp + pressed + this.timestampShift) >>> 0;
    if (!this.last || seqStep(this.last.seq, seq) > 0) this.last = { seq, timestamp, atMs: nowMs };
    address(packet.bytes, {
      payloadType: this.payloadType,
      marker: packet.marker,
      seq,
      timestamp,
      ssrc: this.ssrc,
    });
    this.packets += 1;
    this.bytes += packet.bytes.length;
    return packet.bytes;
  }

  again(seq: number, nowMs: number): Buffer | null {
    const kept = this.feed?.packet((seq - this.seqShift) & 0xffff);
    if (!kept || seqStep(this.from, kept.seq) < 0) return null;
    return this.written(kept, nowMs);
  }

  report(report: SenderReport): Buffer {
    const timestamp = (report.timestamp + this.timestampShift) >>> 0;
    return senderReportFor(this.ssrc, { ...report, timestamp }, this);
  }
}

/** Somebody who watches. The ladder falls by itself when his line loses much, and climbs again after a calm time. */
export class Viewer {
  private readonly video: Lane | null;
  private readonly audio: Lane | null;
  private mode: Mode = 'high';
  /** Steps that his line has taken him down. */
  private down = 0;
  private badSinceMs: number | null = null;
  private calmSinceMs: number | null = null;
  private upAfterMs = UP_AFTER_MS;
  private resent = { second: 0, count: 0 };
  private first = false;
  heardAtMs: number;
  /** For the counters. */
  nacks = 0;
  plis = 0;
  bytes = 0;

  constructor(
    lanes: {
      video: { ssrc: number; payloadType: number } | null;
      audio: { ssrc: number; payloadType: number } | null;
    },
    private readonly port: ViewerPort,
    nowMs: number,
  ) {
    this.video = lanes.video && new Lane(lanes.video.ssrc, lanes.video.payloadType, 90_000);
    this.audio = lanes.audio && new Lane(lanes.audio.ssrc, lanes.audio.payloadType, 48_000);
    this.heardAtMs = nowMs;
  }

  wish(mode: Mode, feeds: readonly Feed[], nowMs: number): void {
    this.mode = mode;
    this.down = 0;
    this.choose(feeds, nowMs);
  }

  /** Which of the camera's streams he gets: asked whenever these, his wish or his line have changed. */
  choose(feeds: readonly Feed[], nowMs: number): void {
    if (this.audio) follow(this.audio, feeds.find((one) => !one.isVideo) ?? null);
    if (!this.video) return;
    const pictures = feeds.filter((one) => one.isVideo).sort((a, b) => a.rank - b.rank);
    const running = pictures.filter((one) => one.isActive(nowMs));
    const ladder = running.length > 0 ? running : pictures;
    const step = this.mode === 'low' ? ladder.length - 1 : Math.min(this.down, ladder.length - 1);
    const wanted = this.mode === 'voice' ? null : (ladder[step] ?? null);
    if (follow(this.video, wanted) && wanted) this.port.wantKeyframe(wanted);
  }

  handlePacket(feed: Feed, packet: Packet, nowMs: number): void {
    const lane = feed.isVideo ? this.video : this.audio;
    const bytes = lane?.readdress(feed, packet, nowMs);
    if (bytes) this.handleSent(bytes, feed.isVideo);
  }

  private handleSent(bytes: Buffer, isPicture: boolean): void {
    if (!this.port.send(bytes)) return;
    this.bytes += bytes.length;
    if (this.first || !(isPicture || this.video === null)) return;
    this.first = true;
    this.port.handleFirst();
  }

  handleSenderReport(feed: Feed, report: SenderReport): void {
    const lane = feed.isVideo ? this.video : this.audio;
    if (lane?.feed === feed) this.port.send(lane.report(report));
  }

  /** Once connected: he begins with the keyframe that was asked for when he came, or with the next. */
  handleUp(nowMs: number): void {
    const { video } = this;
    if (!video) return;
    const caughtUp = video.catchUp(nowMs);
    for (const bytes of caughtUp) this.handleSent(bytes, true);
    const wanted = video.next ?? video.feed;
    if (wanted && caughtUp.length === 0) this.port.wantKeyframe(wanted);
  }

  handleRtcp(packet: Buffer, nowMs: number): void {
    for (const one of readRtcp(packet)) {
      if (one.kind === 'receiver' || one.kind === 'nack') this.heardAtMs = nowMs;
      if (one.kind === 'nack') this.resend(one.of, one.seqs, nowMs);
      else if (one.kind === 'keyframe') this.handleKeyframeWish(one.of);
      else if (one.kind === 'receiver' && one.of === this.video?.ssrc) this.weigh(one.lostOf256, nowMs);
    }
  }

  private handleKeyframeWish(of: number): void {
    if (of !== this.video?.ssrc) return;
    this.plis += 1;
    const feed = this.video.next ?? this.video.feed;
    if (feed) this.port.wantKeyframe(feed);
  }

  private resend(of: number, seqs: readonly number[], nowMs: number): void {
    const lane = [this.video, this.audio].find((one) => one?.ssrc === of);
    if (!lane) return;
    const second = Math.floor(nowMs / 1_000);
    if (this.resent.second !== second) this.resent = { second, count: 0 };
    for (const seq of seqs) {
      if (this.resent.count >= RESENT_PER_SECOND_MAX) return;
      const bytes = lane.again(seq, nowMs);
      if (!bytes) continue;
      this.resent.count += 1;
      this.nacks += 1;
      this.bytes += bytes.length;
      this.port.send(bytes);
    }
  }

  private weigh(lostOf256: number, nowMs: number): void {
    this.badSinceMs = lostOf256 >= LOSS_DOWN_OF_256 ? (this.badSinceMs ?? nowMs) : null;
    this.calmSinceMs = lostOf256 <= LOSS_UP_OF_256 ? (this.calmSinceMs ?? nowMs) : null;
    if (this.badSinceMs !== null && nowMs - this.badSinceMs >= DOWN_AFTER_MS) {
      this.down = Math.min(this.down + 1, 2);
      this.badSinceMs = nowMs;
      this.upAfterMs = Math.min(2 * this.upAfterMs, UP_AFTER_MS_MAX);
    } else if (this.down > 0 && this.calmSinceMs !== null && nowMs - this.calmSinceMs >= this.upAfterMs) {
      this.down -= 1;
      this.calmSinceMs = nowMs;
    }
  }
}

/** Whether the lane has something new to wait for. */
function follow(lane: Lane, wanted: Feed | null): boolean {
  if (wanted === null) {
    lane.feed = lane.next = null;
    return false;
  }
  if (lane.next === wanted || (lane.feed === wanted && lane.next === null)) return false;
  lane.next = lane.feed === wanted ? null : wanted;
  return lane.next !== null;
}
