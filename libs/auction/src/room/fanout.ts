import { type EventsFrame, type ServerMessage } from '@qingpai/wire';
import { type Timers } from '../desk/timers.js';
import { NURSE_EVERY_MS, QUEUED_BYTES_MAX, SLICE_SOCKETS, STUCK_MS } from './limits.js';

/** One open socket, as a room sees it. */
export interface Watcher {
  readonly id: string;
  /** What was written to it and has not left this machine. */
  queuedBytes(): number;
  /** Cut without waiting for the queue: a slow reader would never let it close. */
  drop(): void;
}

export interface FanoutPort {
  /** Encoded once for all of them. */
  send(ids: readonly string[], name: ServerMessage, payload: unknown): void;
  /** Monotonic. */
  nowMs(): number;
  timers: Timers;
}

/**
 * Frames to everybody in a room, in slices of a hundred per turn of the loop, so that answers go out in between.
 * A slow reader skips frames: state is latest-wins, and a later frame shows it the gap, which it heals by `since`.
 */
export class Fanout<W extends Watcher> {
  private readonly watchers = new Map<string, W>();
  /** Since when a watcher has missed a frame. */
  private readonly behind = new Map<W, number>();
  private lastFrame: EventsFrame | null = null;
  private stopNurse: (() => void) | null = null;

  constructor(private readonly port: FanoutPort) {}

  get size(): number {
    return this.watchers.size;
  }
  *[Symbol.iterator](): Iterator<W> {
    yield* this.watchers.values();
  }

  add(watcher: W): void {
    this.watchers.set(watcher.id, watcher);
  }

  remove(watcher: W): void {
    this.watchers.delete(watcher.id);
    this.behind.delete(watcher);
  }

  /** Resolves when the last slice is out; the next frame gathers meanwhile. */
  async frame(frame: EventsFrame): Promise<void> {
    this.lastFrame = frame;
    await this.inSlices('events', frame, (watcher) => this.keepsUp(watcher));
  }

  /** Whether it reads what it is sent. Who does not is looked after from now on, and cut if that lasts. */
  keepsUp(watcher: W): boolean {
    if (watcher.queuedBytes() <= QUEUED_BYTES_MAX) return true;
    if (!this.behind.has(watcher)) this.behind.set(watcher, this.port.nowMs());
    this.nurse();
    return false;
  }

  /** Small news for everybody who can take it: chat, presence. */
  async tell(name: ServerMessage, payload: unknown): Promise<void> {
    await this.inSlices(name, payload, (watcher) => watcher.queuedBytes() <= QUEUED_BYTES_MAX);
  }

  private async inSlices(
    name: ServerMessage,
    payload: unknown,
    takes: (watcher: W) => boolean,
  ): Promise<void> {
    const all = [...this.watchers.values()];
    for (let from = 0; from < all.length; from += SLICE_SOCKETS) {
      if (from > 0) await new Promise<void>((resolve) => this.port.timers.soon(resolve));
      const slice = all.slice(from, from + SLICE_SOCKETS).filter(takes);
      if (slice.length > 0) {
        this.port.send(
          slice.map(({ id }) => id),
          name,
          payload,
        );
      }
    }
  }

  /** Looks after those who are behind until each has caught up or is gone. */
  private nurse(): void {
    if (this.stopNurse || this.behind.size === 0) return;
    this.stopNurse = this.port.timers.later(() => {
      this.stopNurse = null;
      for (const [watcher, sinceMs] of this.behind) this.look(watcher, sinceMs);
      this.nurse();
    }, NURSE_EVERY_MS);
  }

  private look(watcher: W, sinceMs: number): void {
    if (watcher.queuedBytes() <= QUEUED_BYTES_MAX) {
      this.behind.delete(watcher);
      // The newest frame again: what it missed is in front of it, so it asks.
      if (this.lastFrame) this.port.send([watcher.id], 'events', this.lastFrame);
    } else if (this.port.nowMs() - sinceMs > STUCK_MS) {
      this.remove(watcher);
      watcher.drop();
    }
  }

  close(): void {
    this.stopNurse?.();
  }
}
