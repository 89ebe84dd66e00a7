import { type Reason, type ShowState } from '@qingpai/wire';
import { type DecidedEvent, type Decision, type Secrets } from './command.js';
import { refuse } from './decision.js';
import { clockPriceFen } from './clock.js';
import { lacksDeposit } from './deposits.js';
import { checkTake, takeEvents } from './dutch.js';
import { checkRise, closeAfterBidMs, riseEvents } from './english.js';
import { amountAboveFen, leastBidFen } from './increments.js';
import { type Bidding, type BidReason, isByHouse, present, type Press, pressBody } from './press.js';
import { autoBids, isAutoBidId, tiedBid } from './proxy.js';
import { bidderIn, entry } from './show.js';

/**
 * A bid's life (RULES §2.1, §3): all branching about who may bid when stands here, each check with its own reason;
 * the formats check the amount. Nothing is logged of a bid outside an open show, on an unknown lot, or by someone
 * without a paddle.
 */
export function decideBid(state: ShowState, press: Press, nowMs: number, secrets: Secrets): Decision {
  const { bid } = press;
  const lot = entry(state.lots, bid.lot);
  const bidder = bidderIn(state, press.bidder);
  if (!Number.isSafeInteger(bid.amountFen) || bid.amountFen <= 0) return refuse('malformed');
  if (isAutoBidId(bid.bidId)) return refuse('malformed');
  if (!lot) return refuse('unknown-lot');
  if (!bidder) return refuse('no-paddle');
  if (state.phase !== 'open') return refuse('not-open');
  const offering = lot.offerings[bid.offering - 1];
  if (!offering) return refused(press, 'not-open');

  const bidding = { state, lot, offering, bidder, nowMs, secrets };
  const reason =
    checkStanding(bidding, isByHouse(press)) ??
    checkDeposit(bidding, press) ??
    (offering.clock ? checkTake : checkRise)(bidding, press);
  if (reason) return refused(press, reason, hints(reason, bidding));
  if (offering.clock) return { ok: true, events: takeEvents(bidding, press) };
  const tie = bid.buyNow ? null : tiedBid(bidding, bid.amountFen);
  if (tie) return refusedAfter(tie, press, bidding);
  return { ok: true, events: [...riseEvents(bidding, press), ...answersTo(bidding, press)] };
}

/** Somebody's maximum is exactly this: he was earlier, so the bid comes to stand behind it. */
function refusedAfter(tie: DecidedEvent[], press: Press, bidding: Bidding): Decision {
  const leastFen = amountAboveFen(bidding.state.rules, bidding.lot, press.bid.amountFen, 1);
  const refusal = refused(press, 'not-above-price', { leastFen, beatenBy: bidding.state.next });
  return { ...refusal, events: [...tie, ...refusal.events] };
}

/** What maximum bids answer to a bid that did not end the lot. */
function answersTo(
  { state, lot, offering, nowMs, secrets }: Bidding,
  { bidder, bid }: Press,
): DecidedEvent[] {
  if (bid.buyNow || bid.amountFen === lot.capFen) return [];
  const closesAt = closeAfterBidMs(state.rules, offering, nowMs);
  const led = { ...offering, priceFen: bid.amountFen, leader: bidder, closesAt };
  return autoBids({ state, lot, offering: led, nowMs, secrets });
}

/** Is the lot open, and may this bidder bid on it? */
function checkStanding({ lot, offering, bidder, nowMs }: Bidding, byHouse: boolean): BidReason | null {
  if (offering.endedAt !== null) return 'too-late';
  if (offering.frozenAt !== null) return 'frozen';
  // The hammer beats a bid that arrives at the close, even if the close is still in line behind it.
  if (offering.closesAt !== null && nowMs >= offering.closesAt) return 'too-late';
  if (bidder.banned || (bidder.kind === 'hall') !== byHouse) return 'bidder-not-allowed';
  if (bidder.kind === 'host' || bidder.bidder === lot.grower) return 'own-lot';
  return null;
}

/** What it would come to: of a rising lot all that is left, of a clock what he takes. */
function checkDeposit({ state, offering, bidder }: Bidding, { bid }: Press): BidReason | null {
  const units = offering.clock ? (bid.units ?? 1) : offering.unitsLeft;
  return lacksDeposit(state, bidder.bidder, bid.amountFen * units) ? 'deposit-needed' : null;
}

const priceReasons: readonly Reason[] = [
  ...(['below-start', 'not-above-price', 'off-grid', 'above-cap', 'buy-now-gone', 'slip-confirm'] as const),
];
const clockReasons: readonly Reason[] = ['clock-stale', 'above-pressed'];

/** What helps the next bid: the leaf that stands at or above this one, and the least that would be accepted. */
function hints(reason: BidReason, { state, lot, offering, nowMs }: Bidding) {
  if (offering.clock && clockReasons.includes(reason)) {
    return { leastFen: clockPriceFen(offering.clock, nowMs) };
  }
  if (!priceReasons.includes(reason)) return {};
  const leastFen = leastBidFen(state.rules, lot, offering);
  if (reason !== 'not-above-price' || offering.leaderBid === null) return { leastFen };
  return { leastFen, beatenBy: offering.leaderBid };
}

function refused(
  press: Press,
  reason: BidReason,
  more: { leastFen?: number; beatenBy?: number } = {},
): Decision {
  const { amountFen, run, units } = press.bid;
  const body = present({ ...pressBody(press), amountFen, run, units, reason });
  return { ok: false, reason, events: [{ type: 'bid.refused', body, by: press.by }], ...more };
}
