import { type Feed, type Packet } from '../feed.js';
import { Recorder } from '../recording/recorder.js';
import { SegmentFile, type Shape } from '../recording/segmentFile.js';
import { HlsRing } from './ring.js';

/** Nobody has asked for so long: nothing is made any more. */
const IDLE_MS = 20_000;
/** It is looked at twice a second, so this gives parts of one second; a whole one would give one and a half. */
const KEYFRAME_EVERY_MS = 900;
/** A player asks for the list with its next part before there is one, and is answered when there is (RFC 8216bis §6.2.5.2). */
const HELD_MS_MAX = 2_500;
const HELD_MAX = 100;
/** One head for as long as the picture stays the same. */
const SEGMENT_MS = 24 * 3_600_000;

/**
 * One camera for who can receive neither UDP nor our TCP: the same packets in parts of a second, in memory. Made while
 * somebody asks for them, never before.
 */
export class Delayed {
  private ring: HlsRing | null = null;
  private recorder: Recorder | null = null;
  private askedAtMs = -Infinity;
  private readonly held = new Set<() => void>();

  constructor(
    private readonly expects: { video: boolean; sound: boolean },
    private readonly wantKeyframe: (feed: Feed) => void,
  ) {}

  handlePacket(feed: Feed, packet: Packet, nowMs: number): void {
    this.recorder?.handlePacket(feed, packet, nowMs);
  }

  look(feeds: readonly Feed[], nowMs: number): void {
    if (this.recorder && nowMs - this.askedAtMs > IDLE_MS) this.close(nowMs);
    this.recorder?.look(feeds, nowMs);
  }

  /** What of it there is; null: it is only beginning. */
  ask(nowMs: number): HlsRing | null {
    this.askedAtMs = nowMs;
    if (!this.recorder) this.start();
    return this.ring!.isReady ? this.ring : null;
  }

  /** Resolves when there is a part of this number, or it is not to be waited for. */
  async until(part: number): Promise<void> {
    if (this.ring?.comes !== part || this.held.size >= HELD_MAX) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(late);
        this.held.delete(end);
        resolve();
      };
      const late = setTimeout(end, HELD_MS_MAX);
      this.held.add(end);
    });
  }
  private letGo(): void {
    for (const end of [...this.held]) end();
  }

  close(nowMs: number): void {
    this.letGo();
    this.recorder?.close(nowMs);
    this.recorder = null;
    this.ring = null;
  }

  private start(): void {
    const ring = new HlsRing();
    this.ring = ring;
    this.recorder = new Recorder(
      {
        wantKeyframe: this.wantKeyframe,
        open: (fromMs, shape) => sinkInto(ring, fromMs, shape, () => this.letGo()),
        wallMs: () => Date.now(),
        isFull: () => false,
      },
      { segmentMs: SEGMENT_MS, keyframeEveryMs: KEYFRAME_EVERY_MS, expects: this.expects },
    );
  }
}

function sinkInto(ring: HlsRing, fromMs: number, shape: Shape, handlePart: () => void) {
  const file: SegmentFile = new SegmentFile(null, shape, {
    handleInit: (bytes) => ring.addHead(bytes),
    handleFragment: (bytes, from) => {
      ring.addPart(bytes, Math.max(0.1, file.beginsAtSeconds - from), fromMs + Math.round(1_000 * from));
      handlePart();
    },
  });
  return {
    addPicture: (data: Buffer, isKey: boolean, seconds: number) => file.addPicture(data, isKey, seconds),
    addSound: (data: Buffer, seconds: number) => file.addSound(data, seconds),
    isBroken: () => file.failed !== null,
    close: () => void file.close(),
  };
}
