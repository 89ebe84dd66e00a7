import { SIGN_EVERY_MS } from './limits.js';
import { type Timers } from './timers.js';

/**
 * A clock falls without a leaf, so a log alone does not tell how far it had fallen when its server was killed. While one
 * runs, the desk says every now and then that it can hear: whoever takes the show over lets the clock go on from there.
 */
export class LifeSigns {
  private isArmed = false;
  private isStopped = false;

  /**
   * @param isRunning whether a clock runs
   * @param heardMs the moment at which whoever speaks is heard; null: nobody is, for now
   * @param sign may fail: then the database is away, and the next commit will find out
   */
  constructor(
    private readonly isRunning: () => boolean,
    private readonly heardMs: () => number | null,
    private readonly sign: (atMs: number) => Promise<void>,
    private readonly timers: Timers,
  ) {}

  /** To be called whenever a clock may have begun to run. */
  arm(): void {
    if (this.isArmed || this.isStopped || !this.isRunning()) return;
    this.isArmed = true;
    this.timers.later(() => void this.tick(), SIGN_EVERY_MS);
  }

  stop(): void {
    this.isStopped = true;
  }

  /** A server that ends in good order says to the moment until when it heard. */
  async close(): Promise<void> {
    await this.say();
    this.stop();
  }

  private async tick(): Promise<void> {
    await this.say();
    this.isArmed = false;
    this.arm();
  }

  private async say(): Promise<void> {
    const atMs = this.isStopped || !this.isRunning() ? null : this.heardMs();
    if (atMs !== null) await this.sign(atMs).catch(() => undefined);
  }
}
