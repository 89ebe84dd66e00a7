import { type Clock } from '@qingpai/platform';

/**
 * The clock of one show: the machine's, carried on from the log's last leaf where that lies ahead. Somebody may have
 * set the machine's clock back before this process began, or whoever owned the log before had a faster one: without
 * this the lot on the block would stay open, its bids stamped at one moment, until the machine had caught up.
 */
export class ShowClock implements Clock {
  private aheadMs = 0;

  constructor(private readonly machine: Clock) {}

  nowMs(): number {
    return this.of(this.machine.nowMs());
  }
  /** What it showed when the machine's clock showed this. */
  of(machineMs: number): number {
    return machineMs + this.aheadMs;
  }
  /** From now on it is not behind this moment. */
  goOnFrom(ms: number): void {
    this.aheadMs += Math.max(0, ms - this.nowMs());
  }
}
