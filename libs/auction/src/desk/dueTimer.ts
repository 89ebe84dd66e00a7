import { type Clock } from '@qingpai/platform';
import { type Timers } from './timers.js';
import { SWEEP_EVERY_MS, TIMER_MAX_MS } from './limits.js';

/**
 * One timer for whatever a show must do next by itself, and a sweeper in case the timer is lost. Through one turn
 * of the loop, so that bids which wait in sockets already are read first.
 */
export class DueTimer {
  private stopTimer = () => {};
  private stopSweeper = () => {};
  private stopped = false;

  constructor(
    private readonly nextDueMs: () => number | null,
    private readonly handleDue: () => void,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {
    this.sweep();
  }

  /** To be called whenever the next due moment may have changed. */
  arm(): void {
    this.stopTimer();
    const dueMs = this.nextDueMs();
    if (dueMs === null || this.stopped) return;
    const afterMs = Math.min(Math.max(0, dueMs - this.clock.nowMs()), TIMER_MAX_MS);
    this.stopTimer = this.timers.later(() => this.timers.soon(() => this.ring()), afterMs);
  }

  stop(): void {
    this.stopped = true;
    this.stopTimer();
    this.stopSweeper();
  }

  /** A timer may ring a moment early. */
  private ring(): void {
    if (this.stopped) return;
    if (this.isDue()) this.handleDue();
    else this.arm();
  }

  private sweep(): void {
    this.stopSweeper = this.timers.later(() => {
      if (this.isDue()) this.handleDue();
      if (!this.stopped) this.sweep();
    }, SWEEP_EVERY_MS);
  }

  private isDue(): boolean {
    const dueMs = this.nextDueMs();
    return dueMs !== null && dueMs <= this.clock.nowMs();
  }
}
