import { type EventsFrame } from '@qingpai/wire';
import { type Desk, LOOP_TICK_MS, type LoopWatch, type Stall, STALL_MS } from '@qingpai/auction/testing';
import { type BreakableLog, SHOW } from './breakableLog.js';
import { type VirtualTime } from './time.js';
import { type DeskClass } from './world.js';

/** One process with one desk. It may die, and it may stand still: what comes meanwhile waits at its sockets. */
export class ServerProcess {
  desk: Desk | null = null;
  isAlive = true;
  /** Until then it stands still. */
  private standsUntilMs = 0;
  private readonly listeners = new Set<(stall: Stall) => void>();
  private awakeAtMs: number;
  private isOpening = false;
  private readonly open: () => void;

  constructor(
    private readonly time: VirtualTime,
    private readonly log: BreakableLog,
    onFrame: (frame: EventsFrame) => void,
    DeskOf: DeskClass,
  ) {
    this.awakeAtMs = time.nowMs;
    this.tick();
    const ports = {
      log: log.heldBy(() => this.isAlive),
      clock: { nowMs: () => time.nowMs },
      timers: {
        later: (run: () => void, afterMs: number) => time.later(() => this.whenAwake(run), afterMs),
        soon: (run: () => void) => void time.later(() => this.whenAwake(run), 0),
      },
      watch: this.watch(),
      signatures: { isGood: () => true, isGoodSoon: () => Promise.resolve(true) },
      warn: () => undefined,
    };
    this.open = () =>
      void DeskOf.open(SHOW, ports).then(
        (desk) => {
          if (!this.isAlive) return;
          this.desk = desk;
          desk.onFrame((frame) => void (this.isAlive && onFrame(frame)));
          desk.onEnded(() => (this.desk = null));
          this.isOpening = false;
        },
        () => void ports.timers.later(this.open, 100),
      );
    this.wake();
  }

  /** As `Desks` do: whoever asks for a desk that another owner has ended gets a new one. */
  private wake(): void {
    if (this.desk || this.isOpening) return;
    this.isOpening = true;
    this.open();
  }

  /** As kill -9: nothing it had in hand is ever said. */
  die(): void {
    this.isAlive = false;
    this.desk = null;
  }

  standStill(forMs: number): void {
    this.standsUntilMs = Math.max(this.standsUntilMs, this.time.nowMs + forMs);
  }

  /** Something has come to its sockets: it is read as soon as the process runs again. */
  hear(read: (desk: Desk) => void): void {
    this.whenAwake(() => {
      this.wake();
      if (this.desk) read(this.desk);
    });
  }

  private whenAwake(run: () => void): void {
    if (!this.isAlive) return;
    const waitMs = this.standsUntilMs - this.time.nowMs;
    if (waitMs > 0) this.time.later(() => this.whenAwake(run), waitMs);
    else run();
  }

  private tick(): void {
    this.time.later(
      () =>
        this.whenAwake(() => {
          this.check();
          this.tick();
        }),
      LOOP_TICK_MS,
    );
  }

  private check(): void {
    const [fromMs, toMs] = [this.awakeAtMs, this.time.nowMs];
    this.awakeAtMs = toMs;
    if (toMs - fromMs <= STALL_MS + LOOP_TICK_MS) return;
    for (const tell of this.listeners) tell({ fromMs, toMs });
  }

  private watch(): LoopWatch {
    const watch = {
      start: () => undefined,
      stop: () => undefined,
      check: () => this.check(),
      onStall: (listener: (stall: Stall) => void) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
    };
    return watch as unknown as LoopWatch;
  }
}
