import { type ClockState, type ShowState } from '@qingpai/wire';
import { clockPriceFen, runEnd } from './clock.js';
import { type DecidedEvent, type Secrets } from './command.js';
import { unsoldBody } from './english.js';
import { floorMetAt, floorOf } from './floor.js';
import { firstFreeUnit } from './lot.js';
import { type Bidding, type BidReason, isOverLimit, present, type Press, pressBody } from './press.js';
import { hammer } from './sales.js';
import { type OnBlock } from './show.js';

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
