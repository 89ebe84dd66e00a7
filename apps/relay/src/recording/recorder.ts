import { type Feed, type Packet } from '../feed.js';
import { type VideoCodec } from '../rtp/keyframe.js';
import { type Frame, Frames } from './frames.js';
import { InOrder, type InTurn } from './inOrder.js';
import { type Shape } from './segmentFile.js';
import * as max from './limits.js';

/** Where one segment goes. */
export interface SegmentSink {
  addPicture(data: Buffer, isKey: boolean, seconds: number): void;
  addSound(data: Buffer, seconds: number): void;
  /** @param toMs ms UTC */
  close(toMs: number): void;
  isBroken(): boolean;
}

export interface RecorderPort {
  wantKeyframe(feed: Feed): void;
  /** Null: nothing can be kept now. @param fromMs ms UTC */
  open(fromMs: number, shape: Shape): SegmentSink | null;
  /** ms UTC now. */
  wallMs(): number;
  /** Nothing is kept for want of room. */
  isFull(): boolean;
}

export interface RecorderOptions {
  segmentMs: number;
  keyframeEveryMs: number;
  /** What was agreed with whoever sends. */
  expects: { video: boolean; sound: boolean };
}

interface Segment {
  sink: SegmentSink;
  shape: Shape;
  /** By the relay's clock, and UTC. */
  openedAtMs: number;
  fromMs: number;
  /** Of the first picture or sound: the stream's own time that is second 0. */
  zero: { feed: Feed; timestamp: number };
  soundAt: { feed: Feed; timestamp: number; seconds: number } | null;
  seconds: number;
}

/**
 * Makes segments of what one camera sends: the best picture it sends and its sound. A new one begins with a keyframe when
 * the size or the codec changes, when sound comes or goes, after `segmentMs`, and after a silence, which stays a gap. It
 * only listens: nothing is delayed or changed for whoever watches. Pure but for its port: time is an argument.
 */
export class Recorder {
  private picture: PictureLane | null = null;
  /** A better one, from its first keyframe on. */
  private better: PictureLane | null = null;
  private sound: { feed: Feed; order: InOrder } | null = null;
  private segment: Segment | null = null;
  /** The first packet of all, or after a silence. */
  private firstAtMs = -1;
  private lastAtMs = 0;
  private soundAtMs = -Infinity;
  private pictureAtMs = -Infinity;
  private askedAtMs = -Infinity;
  private anew = false;

  constructor(
    private readonly port: RecorderPort,
    private readonly options: RecorderOptions,
  ) {}

  /** What the room is told; null: nothing is being kept now. */
  get state(): 'on' | 'full' | null {
    if (this.segment) return 'on';
    return this.firstAtMs >= 0 && this.port.isFull() ? 'full' : null;
  }

  handlePacket(feed: Feed, packet: Packet, nowMs: number): void {
    if (this.firstAtMs < 0 || nowMs - this.lastAtMs > max.SILENCE_MS) this.firstAtMs = nowMs;
    this.lastAtMs = nowMs;
    if (!feed.isVideo) return this.handleSound(feed, packet, nowMs);
    if (!this.picture) this.picture = new PictureLane(feed, nowMs);
    for (const lane of [this.better, this.picture]) {
      if (lane?.feed !== feed) continue;
      for (const turn of lane.order.push(packet, nowMs)) this.handleTurn(lane, turn, nowMs);
      return;
    }
  }

  /** Twice a second. @param feeds all that the camera sends */
  look(feeds: readonly Feed[], nowMs: number): void {
    this.choose(feeds, nowMs);
    const { segment } = this;
    if (segment?.sink.isBroken()) this.end(nowMs);
    if (segment && nowMs - this.lastAtMs > max.SILENCE_MS) this.end(nowMs);
    else if (this.isSoundAlone(nowMs)) this.recordSoundAlone(nowMs);
    const lane = this.better ?? this.picture;
    const isDue = nowMs - this.askedAtMs >= this.options.keyframeEveryMs || lane?.frames.needsKey;
    if (!lane || !isDue) return;
    this.askedAtMs = nowMs;
    this.port.wantKeyframe(lane.feed);
  }

  close(nowMs: number): void {
    this.end(nowMs);
  }

  // ---------------------------------------------------------------- which picture

  private choose(feeds: readonly Feed[], nowMs: number): void {
    const usable = feeds.filter((one) => one.isVideo && one.begun && one.isActive(nowMs));
    const best = usable.sort((a, b) => a.rank - b.rank)[0];
    if (!best || best === this.picture?.feed) {
      this.better = null;
      return;
    }
    const isLost = !this.picture || !usable.includes(this.picture.feed);
    if (this.better?.feed !== best) this.better = new PictureLane(best, nowMs);
    else if (!isLost && nowMs - this.better.sinceMs < max.BETTER_FOR_MS) return;
    this.better.mayLead = isLost || nowMs - this.better.sinceMs >= max.BETTER_FOR_MS;
  }

  private handleTurn(lane: PictureLane, turn: InTurn, nowMs: number): void {
    const frame = lane.frames.push(turn);
    if (!frame) return;
    if (lane === this.better && frame.isKey && lane.mayLead) {
      this.picture = lane;
      this.better = null;
    }
    if (lane !== this.picture) return;
    this.pictureAtMs = nowMs;
    if (frame.isKey) this.askedAtMs = nowMs;
    this.handleFrame(lane.feed, frame, nowMs);
  }

  // ---------------------------------------------------------------- segments

  private handleFrame(feed: Feed, frame: Frame, nowMs: number): void {
    if (frame.isKey && this.isAnew(feed, frame, nowMs)) {
      // Sound that is on its way belongs into the first segment too.
      const waits =
        this.options.expects.sound && !this.hasSound(nowMs) && nowMs - this.firstAtMs < max.SOUND_WAIT_MS;
      if (waits) return this.port.wantKeyframe(feed);
      const { setUp } = frame;
      this.begin({ feed, timestamp: frame.timestamp }, { video: setUp, sound: this.hasSound(nowMs) }, nowMs);
    }
    const { segment } = this;
    if (!segment?.shape.video || segment.zero.feed !== feed) return;
    const seconds = span(segment.zero.timestamp, frame.timestamp) / feed.clockRate;
    if (this.strays(segment, seconds, nowMs)) return;
    segment.seconds = seconds;
    segment.sink.addPicture(frame.data, frame.isKey, seconds);
  }

  private isAnew(feed: Feed, { setUp }: Frame, nowMs: number): boolean {
    const { segment } = this;
    if (!segment || this.anew || segment.zero.feed !== feed) return true;
    if (segment.shape.video?.id !== setUp?.id || segment.shape.sound !== this.hasSound(nowMs)) return true;
    return nowMs - segment.openedAtMs >= this.options.segmentMs;
  }

  private begin(zero: Segment['zero'], shape: Shape, nowMs: number): void {
    this.end(nowMs);
    const fromMs = this.port.wallMs();
    const sink = this.port.open(fromMs, shape);
    if (!sink) return;
    this.segment = { sink, shape, openedAtMs: nowMs, fromMs, zero, soundAt: null, seconds: 0 };
  }

  private end(nowMs: number): void {
    const { segment } = this;
    this.segment = null;
    this.anew = false;
    if (!segment) return;
    const wholeMs = Math.min(nowMs, Math.max(this.lastAtMs, segment.openedAtMs)) - segment.openedAtMs;
    segment.sink.close(segment.fromMs + Math.max(1, Math.round(wholeMs)));
  }

  /** A clock that runs away from ours would put pictures where they do not belong: better a new beginning. */
  private strays(segment: Segment, seconds: number, nowMs: number): boolean {
    const isFar = Math.abs(1_000 * seconds - (nowMs - segment.openedAtMs)) > max.STRAY_MS;
    if (isFar) this.anew = true;
    return isFar;
  }

  // ---------------------------------------------------------------- sound

  private handleSound(feed: Feed, packet: Packet, nowMs: number): void {
    this.soundAtMs = nowMs;
    if (this.sound?.feed !== feed) this.sound = { feed, order: new InOrder(max.SOUND_PATIENCE_MS) };
    for (const turn of this.sound.order.push(packet, nowMs)) this.keepSound(feed, turn.packet, nowMs);
  }

  private keepSound(feed: Feed, packet: Packet, nowMs: number): void {
    const { segment } = this;
    const data = packet.bytes.subarray(12);
    if (!segment?.shape.sound || data.length === 0) return;
    if (segment.soundAt?.feed !== feed) {
      segment.soundAt = {
        feed,
        timestamp: packet.timestamp,
        seconds: this.soundBegins(segment, feed, packet, nowMs),
      };
    }
    const { timestamp, seconds: from } = segment.soundAt;
    const seconds = from + span(timestamp, packet.timestamp) / feed.clockRate;
    if (seconds < 0 || this.strays(segment, seconds, nowMs)) return;
    if (!segment.shape.video) segment.seconds = seconds;
    segment.sink.addSound(data, seconds);
  }

  /** By the camera's own clock where it told of it (lip sync), else by when it came. */
  private soundBegins({ zero, openedAtMs }: Segment, feed: Feed, packet: Packet, nowMs: number): number {
    const came = (nowMs - openedAtMs) / 1_000;
    const [picture, sound] = [ntpSeconds(zero.feed, zero.timestamp), ntpSeconds(feed, packet.timestamp)];
    if (picture === null || sound === null || zero.feed === feed) return came;
    return Math.abs(sound - picture - came) < 1 ? sound - picture : came;
  }

  private hasSound(nowMs: number): boolean {
    return nowMs - this.soundAtMs < max.SOUND_GONE_MS;
  }

  private isSoundAlone(nowMs: number): boolean {
    const isWaited = !this.options.expects.video || nowMs - this.firstAtMs > max.PICTURE_WAIT_MS;
    return (
      this.firstAtMs >= 0 &&
      isWaited &&
      this.hasSound(nowMs) &&
      nowMs - this.pictureAtMs > max.PICTURE_WAIT_MS
    );
  }

  private recordSoundAlone(nowMs: number): void {
    const { segment, sound } = this;
    if (!sound) return;
    const isOn = segment !== null && !segment.shape.video && !this.anew;
    if (isOn && nowMs - segment.openedAtMs < this.options.segmentMs) return;
    this.begin({ feed: sound.feed, timestamp: 0 }, { video: null, sound: true }, nowMs);
  }
}

class PictureLane {
  readonly order = new InOrder(max.PICTURE_PATIENCE_MS);
  readonly frames: Frames;
  mayLead = false;
  constructor(
    readonly feed: Feed,
    readonly sinceMs: number,
  ) {
    this.frames = new Frames(feed.codec as VideoCodec);
  }
}

/** From one 32-bit time to another, across its end. */
const span = (from: number, to: number): number => (to - from) | 0;

function ntpSeconds({ report, clockRate }: Feed, timestamp: number): number | null {
  if (!report) return null;
  return report.ntpHigh + report.ntpLow / 2 ** 32 + span(report.timestamp, timestamp) / clockRate;
}
