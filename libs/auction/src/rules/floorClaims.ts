import { type LoggedEvent, type LotState, type OfferingState, type ShowRules } from '@qingpai/wire';
import { clockPriceFen } from './clock.js';
import { knownStartFen } from './ladder.js';
import { type OnBlock } from './show.js';

/**
 * What a log without openings tells of a floor: between which amounts it must lie, fen per unit, both inclusive. A log
 * is consistent when some floor explains all of it; the verifier of the public bundle asks for no more.
 */
export interface FloorRange {
  atLeastFen: number;
  atMostFen: number;
}

const anyFloor: FloorRange = { atLeastFen: 1, atMostFen: Number.MAX_SAFE_INTEGER };
export const exactly = (floorFen: number): FloorRange => ({ atLeastFen: floorFen, atMostFen: floorFen });
const atMost = (floorFen: number): FloorRange => ({ ...anyFloor, atMostFen: floorFen });
const above = (amountFen: number): FloorRange => ({ ...anyFloor, atLeastFen: amountFen + 1 });

/** What both say; null when they contradict each other. */
export function both(one: FloorRange, other: FloorRange): FloorRange | null {
  const atLeastFen = Math.max(one.atLeastFen, other.atLeastFen);
  const atMostFen = Math.min(one.atMostFen, other.atMostFen);
  return atLeastFen <= atMostFen ? { atLeastFen, atMostFen } : null;
}

/** What holds whichever of these readings is the right one; null when there is none. */
export const either = (ranges: readonly FloorRange[]): FloorRange | null =>
  ranges.length === 0
    ? null
    : {
        atLeastFen: Math.min(...ranges.map(({ atLeastFen }) => atLeastFen)),
        atMostFen: Math.max(...ranges.map(({ atMostFen }) => atMostFen)),
      };

/** What all that has happened to a lot says of its floor. Null: it contradicts itself. */
export const floorSoFar = (lot: LotState): FloorRange | null =>
  lot.offerings
    .map((offering) => saidByOffering(offering))
    .reduce<FloorRange | null>(
      (sum, said) => sum && both(sum, said),
      both(above(lot.bestFen ?? 0), atMost(Math.min(lot.capFen ?? Infinity, lot.buyNowFen ?? Infinity))),
    );

function saidByOffering(offering: OfferingState): FloorRange {
  const { clock, floorMet, priceFen, startFen, history } = offering;
  if (!clock) return floorMet && priceFen !== null ? atMost(priceFen) : anyFloor;
  if (clock.last) return exactly(clock.startFen);
  return atMost(Math.min(startFen, ...history.map(({ amountFen }) => amountFen)));
}

/**
 * What one event says of its lot's floor, before it is folded. More than one range: it can be read in several ways,
 * and one of them has to hold.
 */
export function saidByEvent(rules: ShowRules, lot: LotState, event: LoggedEvent): FloorRange[] {
  const clock = lot.offerings.at(-1)?.clock;
  switch (event.type) {
    case 'bid.accepted': {
      const { amountFen, floorMet } = event.body;
      return [clock || floorMet ? atMost(amountFen) : above(amountFen)];
    }
    case 'clock.restarted':
      return [event.body.cause === 'floor' ? exactly(event.body.startFen) : anyFloor];
    case 'clock.shifted': {
      const isFalling = clock && clock.restartsAt === null && !clock.last;
      // It had not come to its end when the silence began.
      return [isFalling ? atMost(clockPriceFen(clock, event.t - event.body.byMs - 1)) : anyFloor];
    }
    case 'lot.setAside':
      // A clock ends by itself only on its floor.
      return [clock && event.by === 'platform' ? exactly(clockPriceFen(clock, event.t - 1)) : anyFloor];
    case 'lot.offered':
      return event.body.format === 'dutch' ? saidByClock(rules, lot, event.body.startFen) : [anyFloor];
    default:
      return [anyFloor];
  }
}

/**
 * What any leaf says of the floor of the clock that runs meanwhile: it had not come to its end before, so the price
 * it showed is not below the floor; nor is the one at which it stands while takes are gathered, nor that of its last
 * step. Null: it is frozen, or this leaf is its end.
 */
export function saidByNothingDue(
  { lot, offering: { clock, frozenAt } }: OnBlock,
  event: LoggedEvent,
): FloorRange | null {
  if (!clock || lot.floor === null || frozenAt !== null) return null;
  const isItsEnd =
    event.by === 'platform' && (event.type === 'clock.restarted' || event.type === 'lot.setAside');
  return isItsEnd ? null : atMost(clockPriceFen(clock, event.t));
}

/** A clock starts at the sealed price, or, as a re-offer, at 120 % of the floor where that is the most that is known. */
function saidByClock(rules: ShowRules, lot: LotState, startFen: number): FloorRange[] {
  const percent = rules.reoffer.ofFloorPercent;
  // The floors f with ceil(f × percent / 100) ≤ amount are those up to this one.
  const highest = (amountFen: number) => Math.floor((amountFen * 100) / percent);
  const upTo = atMost(highest(startFen));
  const reoffered =
    startFen > knownStartFen(rules, lot) ? { ...upTo, atLeastFen: highest(startFen - 1) + 1 } : upTo;
  return startFen === lot.startFen ? [reoffered, atMost(startFen)] : [reoffered];
}
