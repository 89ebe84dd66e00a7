import { type ClockState, type ShowState } from '@qingpai/wire';
import { clockMovedBy, clockPriceFen, runEnd } from './clock.js';
import { type Command, type DecidedEvent, type Decision, type Secrets } from './command.js';
import { happens, refuse } from './decision.js';
import { unsoldBody } from './english.js';
import { floorMetAt, floorOf } from './floor.js';
import { firstFreeUnit } from './lot.js';
import { type Bidding, type BidReason, isOverLimit, present, type Press, pressBody } from './press.js';
import { hammer } from './sales.js';
import { onBlock, type OnBlock, thisOnBlock } from './show.js';

/** The falling clock (降价拍, RULES §3), several units, several takers. */

const clockOf = ({ offering }: Pick<OnBlock, 'offering'>): ClockState => {
  if (!offering.clock) throw new Error('bug: a rising lot has no clock');
  return offering.clock;
};

const unitsOf = (press: Press): number => press.bid.units ?? 1;

/** May these units be taken at the clock's price of this moment? */
export function checkTake(bidding: Bidding, press: Press): BidReason | null {
  const { state, lot, offering, bidder, nowMs, secrets } = bidding;
  const clock = clockOf(bidding);
  const units = unitsOf(press);
  const priceFen = clockPriceFen(clock, nowMs);
  const { run = clock.run, amountFen } = press.bid;
  // What is due comes first in line; a press past it belongs to a run that is over.
  if (run !== clock.run || nowMs >= clockDueMs(clock, floorOf(secrets, lot))) return 'clock-stale';
  if (priceFen > amountFen) return 'above-pressed';
  if (units > offering.unitsLeft) return 'units-not-left';
  if (units < Math.min(state.rules.clock.minUnits, offering.unitsLeft)) return 'below-minimum-take';
  if (isOverLimit(state.rules, bidder, priceFen, units)) return 'over-limit';
  return null;
}

/** The take and its hammer: sold at the clock's price on arrival. */
export function takeEvents(bidding: Bidding, press: Press): DecidedEvent[] {
  const { state, lot, nowMs, secrets } = bidding;
  const units = unitsOf(press);
  const amountFen = clockPriceFen(clockOf(bidding), nowMs);
  const body = present({
    ...pressBody(press),
    amountFen,
    pressedFen: press.bid.amountFen,
    run: press.bid.run,
    firstUnit: firstFreeUnit(lot),
    units,
    floorMet: floorMetAt(secrets, lot, amountFen),
  });
  return [
    { type: 'bid.accepted', body, by: press.by },
    { ...hammer(state, bidding, press.bidder, units, amountFen), by: 'platform' },
  ];
}

/** When the clock moves on by itself: it starts again after takes, or its run ends. */
export const clockDueMs = (clock: ClockState, floorFen: number): number =>
  clock.restartsAt ?? runEnd(clock, floorFen).atMs;

/** What happens then. */
export function clockEvent(state: ShowState, block: OnBlock, secrets: Secrets): DecidedEvent {
  const { lot, offering } = block;
  const clock = clockOf(block);
  const floorFen = floorOf(secrets, lot);
  if (clock.restartsAt !== null) {
    return restarted(block, 'takes', restartFen(state, block), clock.restartsAt);
  }
  const end = runEnd(clock, floorFen);
  return end.cut
    ? restarted(block, 'floor', floorFen, end.atMs)
    : { type: 'lot.setAside', body: unsoldBody({ lot, offering }), by: 'platform' };
}

/** The first price of the run after takes: a few steps up, never above the clock's first price. */
function restartFen(state: ShowState, block: OnBlock): number {
  const clock = clockOf(block);
  const takenFen = clock.heldFen ?? clock.startFen;
  return Math.min(block.offering.startFen, takenFen + state.rules.clock.restartSteps * clock.stepFen);
}

const restarted = (
  { lot, offering }: OnBlock,
  cause: 'takes' | 'floor',
  startFen: number,
  startsAt: number,
): DecidedEvent => ({
  type: 'clock.restarted',
  body: {
    lot: lot.lot,
    offering: offering.offering,
    cause,
    startFen,
    startsAt,
    unitsLeft: offering.unitsLeft,
  },
  by: 'platform',
});

// ---------------------------------------------------------------- time given back

/** The clock on the block while it runs; null: none does, or it is frozen. */
export function runningClock(state: ShowState): ClockState | null {
  const block = state.phase === 'open' ? onBlock(state) : null;
  return block && block.offering.frozenAt === null ? block.offering.clock : null;
}

/**
 * By how much the clock on the block goes back when nobody could be heard from `fromMs` to `toMs`, so that it shows
 * what it showed then; null: none runs. Wholly, however long it was: a rising lot's extension is bounded because a leader
 * waits for the close and the hard end is promised, while a clock has promised nobody a time, and a price that fell
 * while no press could come in would cost the grower. Not behind the last leaf, at which somebody was heard; and what
 * ought to have happened just before the silence happens right after it.
 */
export function silenceOnClockMs(
  state: ShowState,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  secrets: Secrets,
): number | null {
  const clock = runningClock(state);
  const block = onBlock(state);
  if (!clock || !block) return null;
  const dueMs = clockDueMs(clock, floorOf(secrets, block.lot));
  return toMs - Math.max(state.t, Math.min(fromMs, dueMs));
}

/**
 * The run moves by the time in which nobody could be heard; it stays the run that was pressed. That is at most the time
 * since the last leaf, which somebody wrote who was heard, and nothing may be due behind it: the clock has not moved on
 * in the silence.
 */
export function shift(
  state: ShowState,
  { by, lot, byMs, cause }: Extract<Command, { name: 'shift' }>,
  nowMs: number,
  secrets: Secrets,
): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  const { clock, frozenAt, offering } = block.offering;
  if (!clock) return refuse('not-falling');
  if (frozenAt !== null) return refuse('frozen');
  if (byMs < 1 || byMs > nowMs - state.t) return refuse('malformed');
  const isBehind = clockDueMs(clockMovedBy(clock, byMs), floorOf(secrets, block.lot)) < nowMs;
  if (isBehind) return refuse('malformed');
  return happens(by, { type: 'clock.shifted', body: { lot, offering, cause, byMs } });
}
