import { type Clock } from '@qingpai/platform';
import { LOOP_TICK_MS, STALL_MS } from './limits.js';

export type Stall = { fromMs: number; toMs: number };

/**
 * Notices that the process stood still (a pause, a long garbage collection, a laptop's lid). It is asked before
 * each stamp as well as by its own tick: after a pause it is chance whether timers or sockets run first.
 */
export class LoopWatch {
  private awakeAtMs: number;
  private readonly listeners = new Set<(stall: Stall) => void>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly clock: Clock) {
    this.awakeAtMs = clock.nowMs();
  }

  start(): void {
    this.awakeAtMs = this.clock.nowMs();
    this.timer ??= setInterval(() => this.check(), LOOP_TICK_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  onStall(listener: (stall: Stall) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Tells the listeners when nothing has run since the last look for longer than a tick and `STALL_MS`. */
  check(): void {
    if (!this.timer) return;
    const nowMs = this.clock.nowMs();
    const fromMs = this.awakeAtMs;
    this.awakeAtMs = nowMs;
    if (nowMs - fromMs <= STALL_MS + LOOP_TICK_MS) return;
    for (const tell of this.listeners) tell({ fromMs, toMs: nowMs });
  }
}
