import { anchoredClock } from '@qingpai/platform';
import { type Desk, LOOP_TICK_MS, type LoopWatch, type Stall, STALL_MS } from '@qingpai/auction/testing';
import { type EventsFrame } from '@qingpai/wire';
import { type BreakableLog, type Client, SHOW } from './breakableLog.js';
import { type VirtualTime } from './time.js';
import { type World } from './world.js';

const OPEN_AGAIN_MS = 100;

/** What a store throws when it is away, was overtaken, or says no. */
const isExpected = (error: string): boolean =>
  /^(OutcomeUnknown|Fenced|Error: (connection refused|violates a constraint|the line was cut|taken over))/.test(
    error,
  );

/** The machine's own clock, which somebody may set at any time. */
export interface WallClock {
  wallMs(): number;
}

/** One process with one desk. It may die, and it may stand still: what comes meanwhile waits at its sockets. */
export class ServerProcess implements Client {
  desk: Desk | null = null;
  isAlive = true;
  private readonly clock;
  private readonly listeners = new Set<(stall: Stall) => void>();
  private stands: { fromMs: number; untilMs: number } | null = null;
  private isOpening = false;
  private readonly open: () => void;

  constructor(
    private readonly time: VirtualTime,
    log: BreakableLog,
    machine: WallClock,
    world: World,
    private readonly on: {
      frame: (frame: EventsFrame, from: Desk) => void;
      /** The desk it had; null: none yet, or another one has taken over. */
      death: (desk: Desk | null) => void;
      opened: (desk: Desk) => void;
      /** It ran again after so long. */
      standstill: (desk: Desk, forMs: number) => void;
      /** Something was thrown that no database throws. */
      error: (error: Error) => void;
    },
  ) {
    const wallMs = () => machine.wallMs();
    this.clock = anchoredClock(wallMs, () => time.sinceStartMs);
    const ports = {
      log: log.heldBy(this),
      clock: world.isByWall ? { nowMs: wallMs } : { nowMs: () => this.nowMs() },
      timers: {
        later: (run: () => void, afterMs: number) => time.later(() => this.whenAwake(run), afterMs),
        soon: (run: () => void) => void time.later(() => this.whenAwake(run), 0),
      },
      watch: this.watch(),
      signatures: { isGood: () => true, isGoodSoon: () => Promise.resolve(true) },
      warn: (_event: string, { error }: Record<string, unknown>) => {
        if (error !== undefined && !isExpected(String(error))) on.error(new Error(String(error)));
      },
    };
    this.open = () =>
      void world.Desk.open(SHOW, ports).then(
        (desk) => {
          if (!this.isAlive) return;
          this.desk = desk;
          on.opened(desk);
          desk.onFrame((frame) => void (this.isAlive && on.frame(frame, desk)));
          desk.onEnded(() => (this.desk = null));
          this.isOpening = false;
        },
        () => void ports.timers.later(this.open, OPEN_AGAIN_MS),
      );
    this.wake();
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  /** As `Desks` do: whoever asks for a desk that another owner has ended gets a new one. */
  private wake(): void {
    if (this.desk || this.isOpening) return;
    this.isOpening = true;
    this.open();
  }

  /** As kill -9: nothing it had in hand is ever said. */
  die(): void {
    if (!this.isAlive) return;
    const { desk } = this;
    this.isAlive = false;
    this.desk = null;
    this.on.death(desk);
  }

  standStill(forMs: number): void {
    const { nowMs } = this.time;
    this.stands = {
      fromMs: this.stands?.fromMs ?? this.clock.nowMs(),
      untilMs: Math.max(this.stands?.untilMs ?? 0, nowMs + forMs),
    };
    this.time.later(() => this.whenAwake(() => this.check()), forMs + LOOP_TICK_MS);
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
    const waitMs = (this.stands?.untilMs ?? 0) - this.time.nowMs;
    if (waitMs > 0) this.time.later(() => this.whenAwake(run), waitMs);
    else run();
  }

  /** As `LoopWatch` does, which sees a standstill at its next tick or before the next stamp, whichever comes first. */
  private check(): void {
    const { stands } = this;
    if (!stands || this.time.nowMs < stands.untilMs) return;
    this.stands = null;
    const { fromMs } = stands;
    const toMs = this.clock.nowMs();
    if (toMs - fromMs <= STALL_MS + LOOP_TICK_MS) return;
    if (this.desk) this.on.standstill(this.desk, toMs - fromMs);
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
