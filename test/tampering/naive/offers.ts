import { type Leaf, type ShowRules } from '@qingpai/wire';
import { firstAmount, firstFree, MOST_FEN, nextAmount } from './bids.js';
import { all, count, type Lot, lotIds, lotOf, nextSale, type Past, people } from './past.js';

/** What is left of a lot, offered to one person after the other (RULES §4.3), told from the first leaf on. */
export interface Offer {
  offer: string;
  lot: string;
  bidder: string;
  units: number;
  unitPriceFen: number;
  expiresAt: number;
  over: boolean;
}

export function offersOf(past: Past): Offer[] {
  const offers: Offer[] = [];
  for (const leaf of past) {
    if (leaf.type === 'offer.made') offers.push({ ...leaf.body, over: false });
    const ends = ['offer.accepted', 'offer.declined', 'offer.lapsed', 'offers.ended'].includes(leaf.type);
    if (!ends || !('offer' in leaf.body)) continue;
    for (const one of offers) if (one.offer === leaf.body.offer) one.over = true;
  }
  return offers;
}

export const isBeingAsked = (past: Past, lot: string): boolean =>
  offersOf(past).some((one) => one.lot === lot && !one.over);

// ---------------------------------------------------------------- who, and for how much

/** What each wanted to pay at most as far as the log shows it: bids that were accepted, and maxima as nothing. */
function wanted(past: Past, lot: string): { bidder: string; fen: number; i: number }[] {
  const best: { bidder: string; fen: number; i: number }[] = [];
  for (const leaf of past) {
    if (leaf.type !== 'bid.accepted' && leaf.type !== 'proxy.placed') continue;
    if (leaf.body.lot !== lot) continue;
    const fen = leaf.type === 'bid.accepted' ? leaf.body.amountFen : 0;
    const his = best.find(({ bidder }) => bidder === leaf.body.bidder);
    if (!his) best.push({ bidder: leaf.body.bidder, fen, i: leaf.i });
    else if (fen > his.fen) Object.assign(his, { fen, i: leaf.i });
  }
  return best.sort((a, b) => (a.fen === b.fen ? a.i - b.i : b.fen - a.fen)).slice(0, 20);
}

export function mayBuy(past: Past, lot: Lot, bidder: string): boolean {
  const person = people(past).find((one) => one.bidder === bidder);
  return person !== undefined && !person.banned && person.kind !== 'host' && bidder !== lot.said.grower;
}

export function isTooDear(past: Past, rules: ShowRules, bidder: string, fen: number): boolean {
  const person = people(past).find((one) => one.bidder === bidder)!;
  const ofAll = (person.kind === 'hall' ? rules.hallLimitFen : undefined) ?? rules.bidLimitFen ?? MOST_FEN;
  return fen > Math.min(person.limitFen ?? ofAll, MOST_FEN);
}

/** Who may still be asked about a lot, in order. */
export function leftToAsk(past: Past, rules: ShowRules, id: string): { bidder: string; fen: number }[] {
  const asked = offersOf(past).filter(({ lot }) => lot === id);
  const { offers } = rules.ladder ?? {};
  const isEnded = all(past, 'offers.ended').some(({ body }) => body.lot === id);
  if (!offers || isEnded || asked.length >= offers.perLotMax) return [];
  const lot = lotOf(past, id, rules)!;
  return wanted(past, id).filter(
    ({ bidder }) => !asked.some((one) => one.bidder === bidder) && mayBuy(past, lot, bidder),
  );
}

/** His own bid where the floor allows it, else the first amount of the walk from the start that does. */
function priceFor(rules: ShowRules, { said }: Lot, fen: number, floor: number): number {
  if (fen > 0 && fen >= floor) return fen;
  let price = firstAmount(rules, said.stepFen, said.format === 'english' ? said.startFen : 0);
  // A floor that nobody could ever pay is guessed as well: no walk gets there.
  if (floor > 100_000_000) return Number.MAX_SAFE_INTEGER;
  while (price < floor) price = nextAmount(rules, said.stepFen, price);
  return price;
}

type Due = { type: Leaf['type']; body: object };

/** The next offer of this lot; or that nobody who is left could pay it. */
export function offerDue(past: Past, rules: ShowRules, id: string, floor: number, t: number): Due {
  const lot = lotOf(past, id, rules)!;
  const units = count(lot, 'open');
  // No lot is catalogued with such a floor.
  if (floor * lot.units.length > MOST_FEN) return { type: 'offers.ended', body: {} };
  for (const { bidder, fen } of leftToAsk(past, rules, id)) {
    const unitPriceFen = priceFor(rules, lot, fen, floor);
    if (isTooDear(past, rules, bidder, unitPriceFen * units)) continue;
    const offer = `O${all(past, 'offer.made').length + 1}`;
    const expiresAt = t + rules.ladder!.offers!.answerWithinMs;
    const body = { offer, cause: 'ladder', lot: id, bidder, units, unitPriceFen, expiresAt };
    return { type: 'offer.made', body };
  }
  return { type: 'offers.ended', body: { lot: id, reason: 'over-limit' } };
}

/** The offer whose time is over by then; of several the one that was over first. */
export function lapseDue(past: Past, t: number): { atMs: number; due: Due } | null {
  let first: Offer | null = null;
  for (const one of offersOf(past)) {
    if (!one.over && one.expiresAt <= t && (!first || one.expiresAt < first.expiresAt)) first = one;
  }
  if (!first) return null;
  const { offer, lot, expiresAt } = first;
  return { atMs: expiresAt, due: { type: 'offer.lapsed', body: { offer, lot } } };
}

/** An accepted offer is sold with the next leaf. */
export function hammerAfter(past: Past, rules: ShowRules): Due | null {
  const last = past.at(-1);
  if (last?.type !== 'offer.accepted') return null;
  const { offer, lot: id, bidder, units, unitPriceFen } = last.body;
  const lot = lotOf(past, id, rules)!;
  const sale = nextSale(past);
  const { number } = lot.offerings.at(-1)!;
  const what = { lot: id, offering: number, sale, bidder, firstUnit: firstFree(lot), units, unitPriceFen };
  return { type: 'lot.hammered', body: { ...what, offer } };
}

// ---------------------------------------------------------------- answers

type Answer = Extract<Leaf, { type: 'offer.accepted' | 'offer.declined' }>;

/** @param is whether the leaf's body is exactly this */
export function wrongAnswer(
  past: Past,
  rules: ShowRules,
  leaf: Answer,
  is: (body: object) => boolean,
): string | null {
  const one = offersOf(past).find(({ offer }) => offer === leaf.body.offer);
  if (!one || one.over) return 'no such offer stands';
  const person = people(past).find(({ bidder }) => bidder === one.bidder)!;
  const byHouse = leaf.body.byModerator === true;
  if (byHouse !== (person.kind === 'hall')) return 'the house answers for the hall';
  if (!byHouse && leaf.by !== one.bidder) return 'somebody else answers';
  const { offer, lot, bidder, units, unitPriceFen } = one;
  const { byModerator, form } = leaf.body;
  if (!is({ offer, lot, bidder, units, unitPriceFen, byModerator, form })) return 'told wrong';
  if (leaf.type === 'offer.declined') return null;
  if (!mayBuy(past, lotOf(past, lot, rules)!, bidder)) return 'may not buy';
  return isTooDear(past, rules, bidder, unitPriceFen * units) ? 'over the limit' : null;
}

/** The house asks nobody further. */
export function wrongStop(
  past: Past,
  rules: ShowRules,
  leaf: Extract<Leaf, { type: 'offers.ended' }>,
  is: (body: object) => boolean,
): string | null {
  const { lot: id, reason } = leaf.body;
  if (!lotIds(past).includes(id) || lotOf(past, id, rules)!.phase !== 'waiting') return 'does not wait';
  const isEnded = all(past, 'offers.ended').some(({ body }) => body.lot === id);
  if (!rules.ladder?.offers || isEnded || reason === 'over-limit') return 'nothing to end';
  const standing = offersOf(past).find(({ lot, over }) => lot === id && !over);
  return is({ lot: id, offer: standing?.offer, reason }) ? null : 'told wrong';
}
