import { type EventBody, type LoggedEvent, type LotState, type ShowState } from '@qingpai/wire';
import { type BidBook } from './bidBook.js';
import { type Secrets } from './command.js';
import { type Finding, found } from './findings.js';
import { floorMetAt } from './floor.js';
import { type FloorRange } from './floorClaims.js';
import { amountAboveFen, leastBidFen, stepsBetween } from './increments.js';
import { isOverLimit } from './press.js';
import { autoBody, reaches, stepsOfFen } from './proxy.js';
import { same } from './same.js';
import { bidderIn, thisOnBlock } from './show.js';

/**
 * Automatic bids, judged by who does not know the maxima: each proves that its maximum reaches there, each comes at
 * once after something that let it, and the price never goes further than one step above what it beats, or to the floor.
 */
type Auto = Extract<LoggedEvent, { type: 'bid.accepted' }>;
export const isAuto = (event: LoggedEvent): event is Auto =>
  event.type === 'bid.accepted' && event.body.auto === true;

export function judgeAuto(state: ShowState, event: Auto, secrets: Secrets): Finding | null {
  const { body } = event;
  const block = thisOnBlock(state, body.lot);
  if (typeof block === 'string') return found('auto-unfounded');
  const { lot, offering } = block;
  const proxy = lot.proxies.find(({ bidder }) => bidder === body.bidder);
  const bidder = bidderIn(state, body.bidder);
  const steps = stepsOfFen(state.rules, lot, body.amountFen);
  if (!proxy || !bidder || steps === null || !body.reach) return found('auto-unfounded');
  if (!reaches(proxy.max, steps, body.reach)) return found('reach-wrong');
  const { amountFen, reach } = body;
  const isAllowed =
    !bidder.banned &&
    amountFen >= leastBidFen(state.rules, lot, offering) &&
    (lot.capFen === null || amountFen <= lot.capFen) &&
    !isOverLimit(state.rules, bidder, amountFen, offering.unitsLeft);
  if (!isAllowed) return found('auto-unfounded');
  const floorMet = floorMetAt(secrets, lot, amountFen);
  const isRight = same(autoBody({ lot, offering }, proxy, { amountFen, steps, reach, floorMet }), body);
  return isRight ? null : found('bid-differs');
}

/** What lets a maximum act, in the same moment: a bid, a maximum placed, or the lot's call. */
function isStirred(previous: LoggedEvent | null, { t, body: { lot } }: Auto): boolean {
  if (!previous || previous.t !== t || !('lot' in previous.body) || previous.body.lot !== lot) return false;
  if (previous.type === 'lot.extended') return previous.body.cause === 'bid';
  return ['bid.accepted', 'proxy.placed', 'lot.offered'].includes(previous.type);
}

/** An automatic bid that went further than one step, or above itself: the next leaf has to say why. */
export interface Jump {
  i: number;
  lot: string;
  bidder: string;
  amountFen: number;
  t: number;
  /** Nothing let it act: it stands before a bid by hand of the same amount, which is refused. */
  isTie: boolean;
  /** It may have been lifted to the floor, if the floor lies here. */
  lift: FloorRange | null;
}

/** @param state before the bid */
export function jumpOf(state: ShowState, book: BidBook, event: Auto): Jump | null {
  const { bidder, lot: id, amountFen, floorMet } = event.body;
  const block = thisOnBlock(state, id);
  if (typeof block === 'string') throw new Error('bug: an automatic bid was right on a lot that is not open');
  const { lot, offering } = block;
  const isStirring = isStirred(book.previous, event);
  const isExact = amountFen === leastBidFen(state.rules, lot, offering);
  const isOwn = offering.leader === bidder;
  // Of two equal maxima the earlier wins: who leads goes up one step by itself when the other is placed.
  const isRaised = isOwn && book.previous?.type === 'proxy.placed' && book.previous.body.bidder !== bidder;
  if (isStirring && isExact && (!isOwn || isRaised)) return null;
  const isLift = isStirring && floorMet === true && !offering.floorMet;
  const lift = isLift ? { atLeastFen: gridBelow(state, lot, amountFen) + 1, atMostFen: amountFen } : null;
  return { i: event.i, lot: lot.lot, bidder, amountFen, t: event.t, isTie: !isStirring, lift };
}

/** The amount of the lot's grid below this one; 0: there is none. */
function gridBelow({ rules }: ShowState, lot: LotState, amountFen: number): number {
  const firstFen = leastBidFen(rules, lot, { startFen: lot.startFen, priceFen: null });
  const steps = stepsBetween(rules, lot, firstFen, amountFen) ?? 0;
  return steps === 0 ? 0 : amountAboveFen(rules, lot, firstFen, steps - 1);
}

/** Whether the next leaf is what the bid went so far for: another one that tops it, or one that it left no room for. */
export function answersJump(jump: Jump, event: LoggedEvent): boolean {
  if (event.t !== jump.t || !('lot' in event.body) || event.body.lot !== jump.lot) return false;
  if (event.type === 'lot.extended') return event.body.cause === 'bid';
  const body = event.body as Partial<EventBody<'bid.refused'>>;
  if (body.bidder === jump.bidder) return false;
  if (event.type === 'bid.refused') {
    return body.amountFen === jump.amountFen && body.reason === 'not-above-price';
  }
  return isAuto(event) && !jump.isTie;
}

/** The extension that a jump brought is not yet its reason. */
export const outlivesLeaf = (event: LoggedEvent): boolean =>
  event.type === 'lot.extended' && event.body.cause === 'bid';
