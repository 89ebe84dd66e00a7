import { isAnnounced, type EventsFrame, type LoggedEvent } from '@qingpai/wire';
import { type Clock } from '@qingpai/platform';
import { type Timers } from './timers.js';
import { FRAME_TICK_MS, SINCE_LEAVES_MAX } from './limits.js';
import { Rush } from './rush.js';

/** Told each frame; the next one waits until the promise is kept, so that a slow round merges what came meanwhile. */
export type FrameListener = (frame: EventsFrame) => void | Promise<void>;

/** The announced events among the leaves from..to. Refusals stay out: they concern one bidder. */
export function frameOf(events: readonly LoggedEvent[], from: number, to: number): EventsFrame {
  return {
    from,
    to,
    events: events
      .slice(from, to + 1)
      .filter(isAnnounced)
      .map(unsigned),
  };
}

/** Signatures are for who judges the log, and would double what goes to every phone. */
const unsigned = (event: LoggedEvent): LoggedEvent => {
  if (event.sig === undefined) return event;
  const told = { ...event };
  delete told.sig;
  return told;
};

/**
 * One page of what a reader misses: at most `SINCE_LEAVES_MAX` leaves. A reader that misses nothing gets an empty
 * frame whose `to` is the last leaf.
 */
export function pageSince(
  events: readonly LoggedEvent[],
  from: number,
): { since: EventsFrame; more: boolean } {
  const last = events.length - 1;
  const to = Math.min(last, from + SINCE_LEAVES_MAX - 1);
  return { since: frameOf(events, Math.min(from, events.length), to), more: to < last };
}

/**
 * Conflation: the first news goes at once, then at most one frame per tick, each with everything since the last, in a
 * rush without what has been made past by then.
 * It holds no events of its own; `upTo` says how far the log has got.
 */
export class FrameTeller {
  private readonly listeners = new Set<FrameListener>();
  private readonly rush = new Rush();
  private toldTo: number;
  private wantedTo: number;
  private telling = false;
  private restUntilMs = 0;

  constructor(
    private readonly events: () => readonly LoggedEvent[],
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {
    this.toldTo = events().length - 1;
    this.wantedTo = this.toldTo;
  }

  get listening(): boolean {
    return this.listeners.size > 0;
  }

  onFrame(listener: FrameListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The log has got as far as this leaf. Refusals alone make no frame; they widen the next one. */
  upTo(leaf: number): void {
    const news = this.events().slice(this.wantedTo + 1, leaf + 1);
    if (!news.some(isAnnounced)) return;
    this.wantedTo = leaf;
    if (!this.telling) this.begin();
  }

  private begin(): void {
    this.telling = true;
    const restMs = this.restUntilMs - this.clock.nowMs();
    if (restMs > 0) this.timers.later(() => void this.tell(), restMs);
    else void this.tell();
  }

  private async tell(): Promise<void> {
    const frame = frameOf(this.events(), this.toldTo + 1, this.wantedTo);
    const told = this.rush.shorten(frame);
    this.toldTo = this.wantedTo;
    this.restUntilMs = this.clock.nowMs() + FRAME_TICK_MS;
    await Promise.allSettled([...this.listeners].map(async (listener) => listener(told)));
    this.telling = false;
    if (this.wantedTo > this.toldTo) this.begin();
  }
}
