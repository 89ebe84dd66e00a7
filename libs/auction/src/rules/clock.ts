import { type ClockState } from '@qingpai/wire';

/**
 * The falling clock as a function of time (RULES §3): the server sells by it and the page draws by it. The floor is
 * not in it; the server ends a run by an event. All prices are fen per unit, all times ms UTC.
 */
const tickOf = (clock: ClockState): number => Math.max(1, clock.tickMs);

/** Whole ticks since the run began. */
const ticksAt = (clock: ClockState, nowMs: number): number =>
  Math.max(0, Math.floor((nowMs - clock.startsAt) / tickOf(clock)));

/** The price of the run after so many steps. */
const priceAfter = (clock: ClockState, steps: number): number => clock.startFen - steps * clock.stepFen;

/** How many steps the run may fall without going below `floorFen`, or to nothing where there is no floor (0). */
const stepsDownTo = (clock: ClockState, floorFen: number): number =>
  clock.last ? 0 : Math.max(0, Math.floor((clock.startFen - Math.max(floorFen, 1)) / clock.stepFen));

/**
 * The price at a moment. While takes are gathered the clock stands; on the last step it stays. It never shows less
 * than one fen, however late the event that ends the run arrives.
 */
export function clockPriceFen(clock: ClockState, nowMs: number): number {
  if (clock.heldFen !== null) return clock.heldFen;
  return priceAfter(clock, Math.min(ticksAt(clock, nowMs), stepsDownTo(clock, 0)));
}

/** When the tick that holds `nowMs` is over: takes until then buy at one price. */
export const tickEndsAtMs = (clock: ClockState, nowMs: number): number =>
  clock.startsAt + (ticksAt(clock, nowMs) + 1) * tickOf(clock);

/** How a run ends that nobody stops: when, at which last price, and whether one more step remains, cut to the floor. */
export function runEnd(
  clock: ClockState,
  floorFen: number,
): { atMs: number; priceFen: number; cut: boolean } {
  const steps = stepsDownTo(clock, floorFen);
  const priceFen = priceAfter(clock, steps);
  return {
    atMs: clock.startsAt + (steps + 1) * tickOf(clock),
    priceFen,
    cut: !clock.last && floorFen > 0 && priceFen > floorFen,
  };
}

/** What stands on the clock at a moment, ms: to its next step, or to its next run while it is held. */
export const clockLeftMs = (clock: ClockState, nowMs: number): number =>
  Math.max(0, (clock.restartsAt ?? tickEndsAtMs(clock, nowMs)) - nowMs);

/** The same run, moved in time: everything that lies ahead of it comes later by as much. */
export const clockMovedBy = (clock: ClockState, byMs: number): ClockState => ({
  ...clock,
  startsAt: clock.startsAt + byMs,
  restartsAt: clock.restartsAt === null ? null : clock.restartsAt + byMs,
});
