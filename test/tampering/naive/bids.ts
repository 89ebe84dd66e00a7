import { needsDeposit } from './deposits.js';
import { type Leaf, type ShowRules } from '@qingpai/wire';
import {
  all,
  clockEnd,
  clockPrice,
  count,
  lotOf,
  type Lot,
  type Offering,
  type Past,
  people,
} from './past.js';

/** A lot is sold for at most this much in one bid, fen. */
export const MOST_FEN = 1_000_000_000_000;

export type BidLeaf = Extract<Leaf, { type: 'bid.accepted' | 'bid.refused' }>;

export function isBidLeaf(leaf: Leaf): leaf is BidLeaf {
  return leaf.type === 'bid.accepted' || leaf.type === 'bid.refused';
}

/** The increment at an amount, and the bound up to which it counts. */
export function stepAt(rules: ShowRules, ownStep: number | undefined, amountFen: number): [number, number] {
  if (ownStep !== undefined) return [ownStep, Infinity];
  for (const { belowFen, stepFen } of rules.increments) if (amountFen < belowFen) return [stepFen, belowFen];
  return [rules.topStepFen, Infinity];
}

export function nextAmount(rules: ShowRules, ownStep: number | undefined, amountFen: number): number {
  const [stepFen, bound] = stepAt(rules, ownStep, amountFen);
  return Math.min(amountFen + stepFen, bound);
}

/** The first bid: the start price, at 0元起拍 one step. */
export const firstAmount = (rules: ShowRules, ownStep: number | undefined, startFen: number): number =>
  startFen > 0 ? startFen : nextAmount(rules, ownStep, 0);

/** Steps from one amount up to another, walked one by one; null when the walk passes it by. */
export function stepsTo(
  rules: ShowRules,
  ownStep: number | undefined,
  fromFen: number,
  toFen: number,
): number | null {
  let steps = 0;
  for (let at = fromFen; at < toFen; at = nextAmount(rules, ownStep, at)) steps += 1;
  let at = fromFen;
  for (let step = 0; step < steps; step++) at = nextAmount(rules, ownStep, at);
  return at === toFen ? steps : null;
}

/** Which bid of this lot is asked for, as the leaf tells it. */
export interface Asked {
  bidder: string;
  lot: string;
  offering: number;
  pressedFen: number;
  units: number;
  run: number | undefined;
  confirmed: boolean;
  buyNow: boolean;
  byModerator: boolean;
}
export function askedBy({ body }: BidLeaf): Asked {
  const { bidder, lot, offering, units = 1, run, confirmed = false, buyNow = false } = body;
  const { byModerator = false } = body;
  const pressedFen = 'pressedFen' in body && body.pressedFen !== undefined ? body.pressedFen : body.amountFen;
  return { bidder, lot, offering, pressedFen, units, run, confirmed, buyNow, byModerator };
}

/** Why the rules refuse a bid at this moment (RULES §2.1, §3); null: they accept it. 'no leaf': nothing is logged of it. */
export function refusalOf(
  past: Past,
  rules: ShowRules,
  nowMs: number,
  asked: Asked,
  floorOf: (lot: string) => number,
): string | null {
  const lot = lotOf(past, asked.lot, rules);
  const person = people(past).find((one) => one.bidder === asked.bidder);
  if (!lot || !person || asked.pressedFen < 1) return 'no leaf';
  if (all(past, 'show.opened').length === 0 || all(past, 'show.closed').length > 0) return 'no leaf';
  const offering = lot.offerings.find(({ number }) => number === asked.offering);
  if (!offering) return 'not-open';
  if (offering.ended) return 'too-late';
  if (offering.frozenAt !== null) return 'frozen';
  if (offering.closesAt !== null && nowMs >= offering.closesAt) return 'too-late';
  if (person.banned || (person.kind === 'hall') !== asked.byModerator) return 'bidder-not-allowed';
  if (person.kind === 'host' || person.bidder === lot.said.grower) return 'own-lot';
  const units = offering.clock ? asked.units : offering.unitsLeft;
  if (needsDeposit(past, rules, asked.bidder, asked.pressedFen * units)) return 'deposit-needed';
  const ofAll = (person.kind === 'hall' ? rules.hallLimitFen : undefined) ?? rules.bidLimitFen ?? MOST_FEN;
  const most = Math.min(person.limitFen ?? ofAll, MOST_FEN);
  return offering.clock
    ? refusalOfTake(rules, offering, nowMs, asked, most, () => (lot.said.floor ? floorOf(asked.lot) : 0))
    : refusalOfRise(rules, lot, offering, asked, most);
}

function refusalOfTake(
  rules: ShowRules,
  offering: Offering,
  nowMs: number,
  { run, units, pressedFen }: Asked,
  most: number,
  floor: () => number,
): string | null {
  const clock = offering.clock!;
  if (run !== undefined && run !== clock.run) return 'clock-stale';
  if (nowMs >= (clock.restartsAt ?? clockEnd(clock, floor()).atMs)) return 'clock-stale';
  const price = clockPrice(clock, nowMs);
  if (pressedFen < price) return 'above-pressed';
  if (units > offering.unitsLeft) return 'units-not-left';
  if (units < rules.clock.minUnits && units < offering.unitsLeft) return 'below-minimum-take';
  return BigInt(price) * BigInt(units) > BigInt(most) ? 'over-limit' : null;
}

function refusalOfRise(
  rules: ShowRules,
  lot: Lot,
  offering: Offering,
  { bidder, pressedFen, confirmed, buyNow }: Asked,
  most: number,
): string | null {
  const { stepFen, capFen, buyNowFen } = lot.said;
  if (buyNow) {
    const isThere = buyNowFen !== undefined && (offering.priceFen === null || offering.priceFen < buyNowFen);
    if (!isThere || pressedFen !== buyNowFen) return 'buy-now-gone';
    return BigInt(pressedFen) * BigInt(offering.unitsLeft) > BigInt(most) ? 'over-limit' : null;
  }
  const first = firstAmount(rules, stepFen, offering.startFen);
  if (offering.leader === bidder) return 'already-leading';
  if (pressedFen < first) return 'below-start';
  if (offering.priceFen !== null && pressedFen <= offering.priceFen) return 'not-above-price';
  const steps = stepsTo(rules, stepFen, offering.priceFen ?? first, pressedFen);
  if (steps === null) return 'off-grid';
  if (capFen !== undefined && pressedFen > capFen) return 'above-cap';
  if (BigInt(pressedFen) * BigInt(offering.unitsLeft) > BigInt(most)) return 'over-limit';
  return steps > rules.slipSteps && !confirmed ? 'slip-confirm' : null;
}

/** The first unit that is nobody's yet. */
export const firstFree = (lot: Lot): number => count(lot, 'sold') + 1;
