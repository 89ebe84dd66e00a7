import { Refused } from '@qingpai/platform';
import { Desk } from './desk.js';
import { SWEEP_EVERY_MS } from './limits.js';
import { type DeskPorts } from './ports.js';

/** One desk per show, taken over when first asked for, put away when nothing is left to do. */
export class Desks {
  private readonly desks = new Map<string, Promise<Desk>>();
  private readonly sweeper: NodeJS.Timeout;
  private readonly retiredListeners = new Set<(showId: string) => void>();
  private closed = false;

  constructor(private readonly ports: DeskPorts) {
    ports.watch.start();
    this.sweeper = setInterval(() => void this.putIdleAway(), 60 * SWEEP_EVERY_MS).unref();
  }

  /** The show's desk. Refuses: `unknown-show`, `not-ready` while the server stops. */
  of(showId: string): Promise<Desk> {
    if (this.closed) return Promise.reject(new Refused('not-ready'));
    let desk = this.desks.get(showId);
    if (!desk) {
      desk = this.open(showId);
      this.desks.set(showId, desk);
      this.forgetWhenEnded(showId, desk);
    }
    return desk;
  }

  /** A database that is away is no fault of who asks: he is told to come back. */
  private async open(showId: string): Promise<Desk> {
    try {
      return await Desk.open(showId, this.ports);
    } catch (error) {
      if (error instanceof Refused) throw error;
      this.ports.warn('desk.not-opened', { show: showId, error: String(error) });
      throw new Refused('not-ready');
    }
  }

  private forgetWhenEnded(showId: string, opening: Promise<Desk>): void {
    const forget = () => void (this.desks.get(showId) === opening && this.desks.delete(showId));
    opening.then((desk) => desk.onEnded(forget), forget);
  }

  /** Told when a show's log was taken from its desk for good. */
  onRetired(listener: (showId: string) => void): () => void {
    this.retiredListeners.add(listener);
    return () => this.retiredListeners.delete(listener);
  }

  /**
   * Finishes the show's line and puts its desk away: whoever asks next takes the log over anew, and finds that it has
   * ended.
   */
  async retire(showId: string): Promise<void> {
    const opening = this.desks.get(showId);
    this.desks.delete(showId);
    await opening?.then(
      (desk) => desk.close(),
      () => undefined,
    );
    for (const listener of this.retiredListeners) listener(showId);
  }

  /** Finishes every line, then takes nothing more. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.sweeper);
    await Promise.all(
      [...this.desks.values()].map((desk) => desk.then((one) => one.close()).catch(() => {})),
    );
    this.ports.watch.stop();
  }

  private async putIdleAway(): Promise<void> {
    for (const [showId, opening] of this.desks) {
      const desk = await opening.catch(() => null);
      if (!desk?.isIdle) continue;
      this.desks.delete(showId);
      await desk.close();
    }
  }
}
