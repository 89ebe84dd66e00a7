import { Feed, type Packet, type SenderReport } from './feed.js';
import { CAMERA_BITS_PER_SECOND_MAX, FEEDS_MAX, KEYFRAME_ASKED_EVERY_MS } from './limits.js';
import { nack, pli, readRtcp, receiverReport, remb, transportWide } from './rtp/rtcp.js';
import { extension, isRtcp, readRtp, type Rtp } from './rtp/rtp.js';
import { type Codec, extensionId, type Section } from './sdp/offer.js';

/** What was agreed with whoever sends. */
export interface CameraMedia {
  video: { section: Section; codec: Codec } | null;
  audio: { section: Section; codec: Codec } | null;
}

export interface CameraPort {
  send(packet: Buffer): boolean;
  handlePacket(feed: Feed, packet: Packet, nowMs: number): void;
  handleSenderReport(feed: Feed, report: SenderReport): void;
  /** A new stream, or the first keyframe of one. */
  handleFeeds(): void;
}

/** Whoever sends picture and sound: sorts what arrives into streams, and tells the sender what it needs to know. */
export class Camera {
  private readonly bySsrc = new Map<number, Feed>();
  private readonly transport = new TransportFeedback();
  private readonly transportId: number | null;
  private readonly ridId: number | null;
  private askedAtMs = new Map<Feed, number>();
  private wanted = new Set<Feed>();
  lastAtMs: number;
  plis = 0;

  constructor(
    readonly media: CameraMedia,
    private readonly port: CameraPort,
    nowMs: number,
  ) {
    const section = media.video?.section ?? media.audio?.section;
    this.transportId = section ? extensionId(section, 'transport') : null;
    this.ridId = media.video ? extensionId(media.video.section, 'rid') : null;
    this.lastAtMs = nowMs;
  }

  get feeds(): Feed[] {
    return [...this.bySsrc.values()];
  }

  handlePacket(packet: Buffer, nowMs: number): void {
    if (isRtcp(packet)) return this.handleRtcp(packet, nowMs);
    const rtp = readRtp(packet);
    const feed = rtp && this.feedOf(packet, rtp, nowMs);
    if (!feed) return;
    this.lastAtMs = nowMs;
    if (this.transportId !== null) this.transport.note(extension(packet, rtp, this.transportId), nowMs);
    const { begun } = feed;
    const kept = feed.receive(packet, rtp, nowMs);
    if (!kept) return;
    if (!begun && feed.begun) this.port.handleFeeds();
    else if (!begun) this.wantKeyframe(feed);
    this.port.handlePacket(feed, kept, nowMs);
  }

  /** By its number; a new number by its payload type, and where several sizes come, by the name of the size. */
  private feedOf(packet: Buffer, rtp: Rtp, nowMs: number): Feed | null {
    const known = this.bySsrc.get(rtp.ssrc);
    if (known) return known;
    if (this.bySsrc.size >= FEEDS_MAX) return null;
    const part = [this.media.video, this.media.audio].find(
      (one) => one?.codec.payloadType === rtp.payloadType,
    );
    if (!part) return null;
    const rank = this.rankOf(part.section, packet, rtp);
    if (rank === null) return null;
    // A sender that starts anew within its connection takes the place of what it sent before.
    for (const [ssrc, old] of this.bySsrc) {
      if (old.isVideo === (part.section.kind === 'video') && old.rank === rank) this.bySsrc.delete(ssrc);
    }
    const feed = new Feed(rtp.ssrc, part.codec.name, part.codec.clockRate, rank, nowMs);
    this.bySsrc.set(rtp.ssrc, feed);
    this.port.handleFeeds();
    return feed;
  }

  private rankOf({ rids }: Section, packet: Buffer, rtp: Rtp): number | null {
    if (rids.length === 0) return 0;
    const rid = this.ridId === null ? null : extension(packet, rtp, this.ridId)?.toString('latin1');
    const rank = rids.indexOf(rid ?? '');
    return rank < 0 ? null : rank;
  }

  private handleRtcp(packet: Buffer, nowMs: number): void {
    for (const one of readRtcp(packet)) {
      if (one.kind !== 'sender') continue;
      const feed = this.bySsrc.get(one.ssrc);
      if (!feed) continue;
      feed.handleSenderReport(one, nowMs);
      this.port.handleSenderReport(feed, one);
    }
  }

  /** Sent with the next tick, once for all who asked. */
  wantKeyframe(feed: Feed): void {
    if (feed.isVideo) this.wanted.add(feed);
  }

  // ---------------------------------------------------------------- what it is told, by the relay's clock

  tellMissing(nowMs: number): void {
    for (const feed of this.bySsrc.values()) {
      const { seqs, gaveUp } = feed.asked(nowMs);
      if (gaveUp) this.wanted.add(feed);
      if (seqs.length > 0) this.port.send(nack(feed.ssrc, seqs));
    }
    for (const feed of this.wanted) {
      if (nowMs - (this.askedAtMs.get(feed) ?? -Infinity) < KEYFRAME_ASKED_EVERY_MS) continue;
      this.wanted.delete(feed);
      if (this.bySsrc.get(feed.ssrc) !== feed) continue;
      this.askedAtMs.set(feed, nowMs);
      this.plis += 1;
      this.port.send(pli(feed.ssrc));
    }
  }

  tellArrivals(): void {
    const message = this.transport.take(this.feeds[0]?.ssrc ?? 0);
    if (message) this.port.send(message);
  }

  tellReception(nowMs: number): void {
    const { feeds } = this;
    if (feeds.length === 0) return;
    const report = receiverReport(feeds.map((feed) => feed.reception(nowMs)));
    const ssrcs = feeds.filter((one) => one.isVideo).map((one) => one.ssrc);
    const usesRemb = this.transportId === null && this.media.video?.codec.feedback.includes('goog-remb');
    this.port.send(usesRemb ? Buffer.concat([report, remb(CAMERA_BITS_PER_SECOND_MAX, ssrcs)]) : report);
  }
}

const ARRIVALS_MAX = 400;

/** When each packet of the whole connection arrived: the sender finds its speed by it. */
class TransportFeedback {
  private first: number | null = null;
  private arrivals: (number | null)[] = [];
  private count = 0;

  note(element: Buffer | null, nowMs: number): void {
    if (element?.length !== 2) return;
    const seq = element.readUInt16BE(0);
    this.first ??= seq;
    const at = ((seq - this.first) << 16) >> 16;
    if (at < 0 || at >= ARRIVALS_MAX) return;
    while (this.arrivals.length <= at) this.arrivals.push(null);
    this.arrivals[at] = nowMs * 1_000;
  }

  take(of: number): Buffer | null {
    if (this.first === null || this.arrivals.length === 0) return null;
    const message = transportWide(of, this.first, this.arrivals, this.count);
    this.count += 1;
    this.first = (this.first + this.arrivals.length) & 0xffff;
    this.arrivals = [];
    return message;
  }
}
