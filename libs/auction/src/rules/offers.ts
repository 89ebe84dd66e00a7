import {
  type EventBody,
  type InterestState,
  type LotState,
  type OfferState,
  type Reason,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision, type Secrets } from './command.js';
import { happens, refuse } from './decision.js';
import { floorOf } from './floor.js';
import { type FloorRange } from './floorClaims.js';
import { gridBelowFen, leastFirstFen, leastOnGridFen } from './increments.js';
import { standingOffer, unitsToOffer } from './lot.js';
import { BID_TOTAL_MAX_FEN, isByHouse, isOverLimit, limitOf, present } from './press.js';
import { hammer } from './sales.js';
import { bidderIn, entry, sealedLots } from './show.js';

/**
 * Offers to one person after the other (RULES §4.3): what is left of a lot whose offerings are used up goes to those
 * who pre-bid or bid on it, best bid first, each once, with time to think. Refused bids do not count, since the room is
 * not told of them, nor do maxima, which nobody knows: the order is one that anybody can make again from the log.
 */

/** So many are kept of one lot, best first: more are never asked. */
export const INTEREST_MAX = 20;

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

// ---------------------------------------------------------------- who comes when

/** Highest best bid first, of equal ones the earlier; who only placed a maximum comes after all who bid. */
const inOrder = (a: InterestState, b: InterestState): number => b.bestFen - a.bestFen || a.i - b.i;

/** Somebody bid on the lot, or placed a maximum (`bestFen` 0); folded, in place. */
export function noteInterest({ rules }: ShowState, lot: LotState, one: InterestState): void {
  const before = lot.interest.find(({ bidder }) => bidder === one.bidder);
  if (!rules.ladder?.offers || (before && before.bestFen >= one.bestFen)) return;
  const others = lot.interest.filter(({ bidder }) => bidder !== one.bidder);
  lot.interest = [...others, one].sort(inOrder).slice(0, INTEREST_MAX);
}

/** Who could still be asked about a lot, in order: whatever the price, which only the server knows beforehand. */
export function offerCandidates(state: ShowState, lot: LotState): InterestState[] {
  const isFull = lot.offersEnded || lot.offers.length >= (state.rules.ladder?.offers?.perLotMax ?? 0);
  if (isFull) return [];
  return lot.interest.filter(
    ({ bidder }) =>
      !lot.offers.some((offer) => offer.bidder === bidder) && whyNotBuy(state, lot, bidder) === null,
  );
}

/** As for bids: neither the house nor the grower, nor who may bid no more. */
export function whyNotBuy(state: ShowState, lot: LotState, id: string): Reason | null {
  const bidder = bidderIn(state, id);
  if (!bidder || bidder.banned) return 'bidder-not-allowed';
  return bidder.kind === 'host' || id === lot.grower ? 'own-lot' : null;
}

/** The offers that stand, of all lots. */
export const standingOffers = (state: ShowState): { lot: LotState; offer: OfferState }[] =>
  sealedLots(state).flatMap((lot) =>
    lot.offers.filter(({ result }) => result === 'standing').map((offer) => ({ lot, offer })),
  );

// ---------------------------------------------------------------- the price

/** Where a lot's grid begins: at the start price of a rising lot, at zero of a falling one, which starts on high. */
const gridFromFen = (rules: ShowRules, lot: LotState): number =>
  leastFirstFen(rules, lot, { startFen: lot.format === 'english' ? lot.startFen : 0 });

/**
 * What one person is asked to pay, fen per unit: his own best bid if the grower would sell for it, else the least amount
 * of the lot's grid that the grower would sell for. Never the floor as such: from the price anybody learns that the floor
 * lies within one step below it (or not above it), as the room does when maximum bids lift a price to the floor (已达).
 */
export function offerPriceFen(rules: ShowRules, lot: LotState, floorFen: number, bestFen: number): number {
  if (bestFen > 0 && bestFen >= floorFen) return bestFen;
  return leastOnGridFen(rules, lot, gridFromFen(rules, lot), floorFen);
}

/** What a price tells of the floor, to who does not know it. */
export function saidByPrice(
  { rules }: ShowState,
  lot: LotState,
  { bidder, unitPriceFen }: Pick<EventBody<'offer.made'>, 'bidder' | 'unitPriceFen'>,
): FloorRange {
  const bestFen = lot.interest.find((one) => one.bidder === bidder)?.bestFen ?? 0;
  const belowFen = gridBelowFen(rules, lot, gridFromFen(rules, lot), unitPriceFen);
  const atLeastFen = unitPriceFen === bestFen ? 1 : Math.max(belowFen, bestFen) + 1;
  return { atLeastFen, atMostFen: unitPriceFen };
}

/** Nobody left can pay it: so the floor is above what each of them may bid. */
export function saidByNobodyLeft(state: ShowState, lot: LotState): FloorRange {
  const { rules } = state;
  const firstFen = gridFromFen(rules, lot);
  const leastFloors = offerCandidates(state, lot).map(({ bidder, bestFen }) => {
    const mostFen = Math.floor(limitOf(rules, bidderIn(state, bidder)!) / unitsToOffer(lot));
    if (bestFen > mostFen) return 1;
    return Math.max(gridBelowFen(rules, lot, firstFen, mostFen + 1), bestFen) + 1;
  });
  // No lot is catalogued whose floor comes to more.
  const atMostFen = Math.floor(BID_TOTAL_MAX_FEN / lot.units);
  return { atLeastFen: Math.max(1, ...leastFloors), atMostFen };
}

// ---------------------------------------------------------------- what the server does

/** The next person is asked; or nobody any more, since the price is above the limits of all who are left. */
export function nextOffer(state: ShowState, lot: LotState, nowMs: number, secrets: Secrets): DecidedEvent {
  const { offers } = state.rules.ladder ?? {};
  if (!offers) throw new Error('bug: an offer is due although the rules know none');
  const units = unitsToOffer(lot);
  const floorFen = floorOf(secrets, lot);
  for (const { bidder, bestFen } of offerCandidates(state, lot)) {
    const unitPriceFen = offerPriceFen(state.rules, lot, floorFen, bestFen);
    if (isOverLimit(state.rules, bidderIn(state, bidder)!, unitPriceFen, units)) continue;
    const said = { offer: nextOfferId(state), cause: 'ladder' as const, lot: lot.lot, bidder };
    const body = { ...said, units, unitPriceFen, expiresAt: nowMs + offers.answerWithinMs };
    return { type: 'offer.made', body, by: 'platform' };
  }
  return { type: 'offers.ended', body: { lot: lot.lot, reason: 'over-limit' }, by: 'platform' };
}

/** Offers are numbered in the order in which they are made: O1, O2 … */
const nextOfferId = (state: ShowState): string =>
  `O${Object.values(state.lots).reduce((sum, { offers }) => sum + offers.length, 0) + 1}`;

/** The offer whose time is over first; null: none stands. Of several at one moment the one made first. */
export function nextLapse(state: ShowState): { atMs: number; event: DecidedEvent } | null {
  if (!state.rules.ladder?.offers || state.phase !== 'open') return null;
  const [first] = standingOffers(state).sort(
    (a, b) => a.offer.expiresAt - b.offer.expiresAt || a.offer.i - b.offer.i,
  );
  if (!first) return null;
  const body = { offer: first.offer.offer, lot: first.lot.lot };
  return { atMs: first.offer.expiresAt, event: { type: 'offer.lapsed', body, by: 'platform' } };
}

// ---------------------------------------------------------------- what is answered

/** Accepted, it is sold at once. For who is in the hall the house answers, and for nobody else. */
export function answerOffer(state: ShowState, command: Of<'answerOffer'>): Decision {
  const { by, offer: id, accept, form } = command;
  const found = sealedLots(state)
    .flatMap((lot) => lot.offers.map((offer) => ({ lot, offer })))
    .find(({ offer }) => offer.offer === id);
  if (!found) return refuse('not-found');
  const { lot, offer } = found;
  const bidder = bidderIn(state, offer.bidder)!;
  const byModerator = isByHouse({ by });
  const isHis = byModerator || by === bidder.bidder;
  if (!isHis || byModerator !== (bidder.kind === 'hall')) return refuse('not-allowed');
  if (offer.result !== 'standing') return refuse('offer-over');
  const { units, unitPriceFen } = offer;
  const body = present({
    ...{ offer: id, lot: lot.lot, bidder: bidder.bidder, units, unitPriceFen },
    ...{ byModerator: byModerator || undefined, form },
  }) as EventBody<'offer.accepted'>;
  if (!accept) return happens(by, { type: 'offer.declined', body });
  const reason = whyNotBuy(state, lot, bidder.bidder);
  if (reason) return refuse(reason);
  if (isOverLimit(state.rules, bidder, unitPriceFen, units)) return refuse('over-limit');
  const sold = soldBy(state, body);
  return { ok: true, events: [{ type: 'offer.accepted', body, by }, sold] };
}

/** The hammer that an accepted offer brings with it. */
export function soldBy(state: ShowState, body: EventBody<'offer.accepted'>): DecidedEvent {
  const lot = entry(state.lots, body.lot)!;
  const { bidder, units, unitPriceFen, offer } = body;
  const sale = hammer(state, { lot, offering: lot.offerings.at(-1)! }, bidder, units, unitPriceFen);
  return { type: 'lot.hammered', body: { ...sale.body, offer }, by: 'platform' };
}

/** The host asks nobody further: the ladder goes on to its end. */
export function endOffers(state: ShowState, { by, lot: id, reason }: Of<'endOffers'>): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  if (lot.phase !== 'waiting') return refuse('lot-not-waiting');
  if (!state.rules.ladder?.offers || lot.offersEnded) return refuse('already-decided');
  const body = present({ lot: id, offer: standingOffer(lot)?.offer, reason });
  return happens(by, { type: 'offers.ended', body });
}

// ---------------------------------------------------------------- folding

/** One offer was answered, lapsed or was ended; in place. */
export function endOffer(lot: LotState, id: string | undefined, result: OfferState['result']): void {
  for (const offer of lot.offers) if (offer.offer === id) offer.result = result;
}
