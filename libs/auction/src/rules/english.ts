import { type OfferingState, type ShowRules, type ShowState } from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { floorMetAt } from './floor.js';
import { leastFirstFen, stepsBetween } from './increments.js';
import { hasValidBid } from './lot.js';
import { type Bidding, type BidReason, isOverLimit, present, type Press, pressBody } from './press.js';
import { hammer } from './sales.js';
import { type OnBlock, thisOnBlock } from './show.js';

/** The rising auction (升价拍, RULES §2). A lot of several units is sold as a whole, at a price per unit. */

/** The amount of a bid, in the order of RULES §2.1. */
export function checkRise({ state, lot, offering, bidder }: Bidding, press: Press): BidReason | null {
  const { rules } = state;
  const { amountFen, confirmed, buyNow } = press.bid;
  if (buyNow) return checkBuyNow({ state, lot, offering, bidder }, amountFen);
  const firstFen = leastFirstFen(rules, lot, offering);
  const { priceFen } = offering;
  if (offering.leader === bidder.bidder) return 'already-leading';
  if (amountFen < firstFen) return 'below-start';
  if (priceFen !== null && amountFen <= priceFen) return 'not-above-price';
  const steps = stepsBetween(rules, lot, priceFen ?? firstFen, amountFen);
  if (steps === null) return 'off-grid';
  if (lot.capFen !== null && amountFen > lot.capFen) return 'above-cap';
  if (isOverLimit(state.rules, bidder, amountFen, offering.unitsLeft)) return 'over-limit';
  if (steps > rules.slipSteps && !confirmed) return 'slip-confirm';
  return null;
}

/** 一口价 buys, also for who leads, until the first bid reaches it. */
function checkBuyNow(
  { state, lot, offering, bidder }: Pick<Bidding, 'state' | 'lot' | 'offering' | 'bidder'>,
  amountFen: number,
): BidReason | null {
  const isGone = lot.buyNowFen === null || (offering.priceFen ?? 0) >= lot.buyNowFen;
  if (isGone || amountFen !== lot.buyNowFen) return 'buy-now-gone';
  return isOverLimit(state.rules, bidder, amountFen, offering.unitsLeft) ? 'over-limit' : null;
}

/** The bid, and what it causes: the hammer at once, or an extension. */
export function riseEvents(bidding: Bidding, press: Press): DecidedEvent[] {
  const { state, lot, offering, nowMs, secrets } = bidding;
  const { amountFen } = press.bid;
  const body = present({
    ...pressBody(press),
    amountFen,
    floorMet: floorMetAt(secrets, lot, amountFen),
  });
  const events: DecidedEvent[] = [{ type: 'bid.accepted', body, by: press.by }];
  if (body.buyNow || amountFen === lot.capFen) {
    return [
      ...events,
      { ...hammer(state, bidding, press.bidder, offering.unitsLeft, amountFen), by: 'platform' },
    ];
  }
  const extension = extensionAfter(state.rules, { lot, offering }, nowMs);
  return extension ? [...events, extension] : events;
}

function closeOf({ closesAt }: OfferingState): number {
  if (closesAt === null) throw new Error('bug: a rising lot has no close');
  return closesAt;
}

/** Past this moment no bid extends, ms UTC. It moves with time in which nobody could bid (frozen, stalled, dark). */
export const hardEndMs = (
  rules: ShowRules,
  { firstClosesAt }: Pick<OfferingState, 'firstClosesAt'>,
): number => (firstClosesAt ?? 0) + rules.hardEndMs;

/** Soft close (RULES §2.4): where an accepted bid at `nowMs` leaves the close, ms UTC; it never shrinks. */
export function closeAfterBidMs(rules: ShowRules, offering: OfferingState, nowMs: number): number {
  const closesAt = closeOf(offering);
  if (rules.suddenDeath || closesAt - nowMs > rules.windowMs) return closesAt;
  const wished = Math.max(closesAt, nowMs + rules.extensionMs);
  return Math.max(closesAt, Math.min(hardEndMs(rules, offering), wished));
}

/** The extension that an accepted bid at `nowMs` causes, or null. */
export function extensionAfter(
  rules: ShowRules,
  { lot, offering }: OnBlock,
  nowMs: number,
): DecidedEvent | null {
  if (offering.closesAt === null) return null;
  const closesAt = closeAfterBidMs(rules, offering, nowMs);
  if (closesAt === offering.closesAt) return null;
  const body = { lot: lot.lot, offering: offering.offering, closesAt, cause: 'bid' as const };
  return { type: 'lot.extended', body, by: 'platform' };
}

/** The close: the leader at or above the floor gets the lot; else it waits for re-offer. */
export function closeEvent(state: ShowState, block: OnBlock): DecidedEvent {
  const { lot, offering } = block;
  const { leader, priceFen, unitsLeft } = offering;
  if (leader !== null && priceFen !== null && hasValidBid(lot, offering)) {
    return { ...hammer(state, block, leader, unitsLeft, priceFen), by: 'platform' };
  }
  return { type: 'lot.setAside', body: unsoldBody(block), by: 'platform' };
}

/** How an offering ends that sold nothing, or not all. */
export const unsoldBody = ({ lot, offering }: OnBlock) =>
  present({
    lot: lot.lot,
    offering: offering.offering,
    units: offering.unitsLeft,
    bestFen: offering.priceFen ?? undefined,
  });

/** 最后一次: the close comes to `lastCallMs` from now if it lay further off. Nobody can hammer early. */
export function lastCall(
  state: ShowState,
  { by, lot }: Extract<Command, { name: 'lastCall' }>,
  nowMs: number,
): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  const { offering } = block;
  if (offering.closesAt === null) return refuse('not-rising');
  if (offering.frozenAt !== null) return refuse('frozen');
  const closesAt = Math.min(offering.closesAt, nowMs + state.rules.lastCallMs);
  return happens(by, { type: 'lot.lastCall', body: { lot, offering: offering.offering, closesAt } });
}

/** One extension for a stalled loop or a dark room moves the close by at most this, ms (LEDGER §3). */
export const EXTENSION_MAX_MS = 60_000;

/**
 * The server stood still (`stall`) or was away (`dark`) while the close drew near: bids that were made in time may
 * still be on their way. The platform gives the time back, and the certificate counts it. The close may lie in the past
 * by then; the new one may not, so a lot that was dark for longer closes at its time.
 */
export function extend(
  state: ShowState,
  { by, lot, closesAt, cause }: Extract<Command, { name: 'extend' }>,
  nowMs: number,
): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  const { offering } = block;
  if (offering.closesAt === null) return refuse('not-rising');
  if (offering.frozenAt !== null) return refuse('frozen');
  const isLater = closesAt > Math.max(offering.closesAt, nowMs);
  if (!isLater || closesAt > offering.closesAt + EXTENSION_MAX_MS) return refuse('malformed');
  const body = { lot, offering: offering.offering, closesAt, cause };
  return happens(by, { type: 'lot.extended', body });
}
