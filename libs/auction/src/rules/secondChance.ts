import {
  type ChanceState,
  type EventBody,
  type EventOf,
  type LoggedEvent,
  type LotState,
  type OfferingState,
  type Reason,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { whyNotBuy } from './offers.js';
import { isByHouse, isOverLimit, present } from './press.js';
import { nextSaleId } from './sales.js';
import { bidderIn, entry } from './show.js';

/**
 * 顺位成交 (RULES §5): what was not paid for is offered to who came next, at his own bid; then to the next, at most a sealed
 * number; then it is carried to the next show, or stays in default by name. Everything that is decided here stands in the
 * leaves: a bid says whether it met the floor, so nobody needs to know the floor.
 */

/** So many of an offering are kept, the best: more are never asked. */
export const RUNNERS_UP_MAX = 20;

type Of<N extends Command['name']> = Extract<Command, { name: N }>;
type Taken = Pick<EventBody<'bid.accepted'>, 'bidder' | 'amountFen' | 'floorMet'>;

/** A bid that could have bought a rising lot; folded, in place. Each bid of an offering is above the one before. */
export function noteRunnerUp(
  { rules }: ShowState,
  lot: LotState,
  offering: OfferingState,
  { bidder, amountFen, floorMet }: Taken,
): void {
  if (!rules.secondChance || (lot.floor !== null && !floorMet)) return;
  const others = (offering.runnersUp ?? []).filter((one) => one.bidder !== bidder);
  offering.runnersUp = [...others, { bidder, bestFen: amountFen }].slice(-RUNNERS_UP_MAX - 1);
}

// ---------------------------------------------------------------- who comes next

/** Who is asked about the units of a sale in default, and at which price, fen per unit; null: nobody (any more). */
export function nextRunnerUp(state: ShowState, sale: SaleState): { bidder: string; fen: number } | null {
  const lot = entry(state.lots, sale.lot)!;
  const asked = state.chances.filter(
    ({ lot: id, replaces }) => id === sale.lot && state.sales[replaces]!.offering === sale.offering,
  );
  if (asked.length >= (state.rules.secondChance?.perSaleMax ?? 0)) return null;
  const { runnersUp = [] } = lot.offerings[sale.offering - 1]!;
  const next = runnersUp.findLast(
    ({ bidder, bestFen }) =>
      !asked.some((one) => one.bidder === bidder) &&
      whyNot(state, lot, { bidder, units: sale.units, unitPriceFen: bestFen }) === null,
  );
  return next ? { bidder: next.bidder, fen: next.bestFen } : null;
}

/** As for bids, within his limit; and nobody who left a sale of this show unpaid. */
function whyNot(
  state: ShowState,
  lot: LotState,
  { bidder, units, unitPriceFen }: Pick<ChanceState, 'bidder' | 'units' | 'unitPriceFen'>,
): Reason | null {
  const reason = whyNotBuy(state, lot, bidder);
  if (reason) return reason;
  if (isInDefault(state, bidder)) return 'bidder-not-allowed';
  return isOverLimit(state.rules, bidderIn(state, bidder)!, unitPriceFen, units) ? 'over-limit' : null;
}

/** He left a sale of this show unpaid, whatever became of it. */
export const isInDefault = ({ sales }: ShowState, bidder: string): boolean =>
  Object.values(sales).some((sale) => sale.bidder === bidder && sale.phase === 'defaulted');

// ---------------------------------------------------------------- what the server does

export type NextChance = { atMs: number } & (
  { step: 'offer' | 'carry'; sale: SaleState } | { step: 'lapse'; chance: ChanceState }
);

/**
 * What comes next of all that is in default, or null. What the last leaf began is answered in the next millisecond: what
 * one moment brings (several defaults) is written whole before.
 */
export function nextChance(state: ShowState): NextChance | null {
  const { secondChance } = state.rules;
  if (!secondChance || state.phase !== 'closed') return null;
  const [lapse, atMs] = [nextLapse(state), state.t + 1];
  if (lapse && lapse.atMs <= atMs) return lapse;
  for (const sale of Object.values(state.sales)) {
    if (sale.phase !== 'defaulted' || sale.followedBy !== undefined || isBeingOffered(state, sale)) continue;
    // Who came next stands in the log before, which takes nothing more: it stays in default, by name.
    if (sale.before) continue;
    if (nextRunnerUp(state, sale)) return { atMs, step: 'offer', sale };
    if (secondChance.atLast === 'carry') return { atMs, step: 'carry', sale };
  }
  return lapse;
}

function nextLapse({ chances }: ShowState): NextChance | null {
  const [chance] = chances
    .filter(({ result }) => result === 'standing')
    .sort((a, b) => a.expiresAt - b.expiresAt || a.i - b.i);
  return chance ? { atMs: chance.expiresAt, step: 'lapse', chance } : null;
}

const isBeingOffered = ({ chances }: ShowState, { sale }: SaleState): boolean =>
  chances.some(({ replaces, result }) => replaces === sale && result === 'standing');

/** The leaf of that step. */
export function chanceEvent(state: ShowState, next: NextChance, nowMs: number): DecidedEvent {
  if (next.step === 'lapse') {
    const { sale, lot } = next.chance;
    return { type: 'sale.lapsed', body: { sale, lot }, by: 'platform' };
  }
  const { sale: replaces, lot, units } = next.sale;
  if (next.step === 'carry') {
    return { type: 'lot.carried', body: { lot, units, sale: replaces }, by: 'platform' };
  }
  const { bidder, fen: unitPriceFen } = nextRunnerUp(state, next.sale)!;
  const expiresAt = nowMs + state.rules.secondChance!.answerWithinMs;
  const body = { sale: nextSaleId(state), replaces, lot, bidder, units, unitPriceFen, expiresAt };
  return { type: 'sale.offered', body, by: 'platform' };
}

// ---------------------------------------------------------------- what is answered

/** By who was asked; for who is in the hall by the house, and for nobody else. Accepted, he owes it from now on. */
export function answerChance(state: ShowState, command: Of<'answerChance'>): Decision {
  const { by, sale: id, accept } = command;
  const chance = state.chances.find(({ sale }) => sale === id);
  if (!chance) return refuse('not-found');
  const { sale, lot, bidder, units, unitPriceFen } = chance;
  const byModerator = isByHouse({ by });
  const isHall = bidderIn(state, bidder)!.kind === 'hall';
  if (byModerator ? !isHall : isHall || by !== bidder) return refuse('not-allowed');
  if (chance.result !== 'standing') return refuse('offer-over');
  const body = present({
    ...{ sale, lot, bidder, units, unitPriceFen },
    byModerator: byModerator ? (true as const) : undefined,
  });
  if (!accept) return happens(by, { type: 'sale.declined', body });
  const reason = whyNot(state, entry(state.lots, lot)!, chance);
  return reason ? refuse(reason) : happens(by, { type: 'sale.accepted', body });
}

// ---------------------------------------------------------------- folding

type Answered = EventOf<'sale.accepted' | 'sale.declined' | 'sale.lapsed'>;

/** The units change hands: the sale in default gives way to this one. It was never paid, so nothing else is said of it. */
export function acceptChance(
  state: ShowState,
  event: EventOf<'sale.accepted'> & Pick<LoggedEvent, 'i' | 't'>,
): void {
  const { sale, bidder, unitPriceFen, replaces } = endChance(state, event);
  const before = state.sales[replaces]!;
  state.sales[sale] = {
    ...{ ...before, sale, bidder, unitPriceFen, replaces, i: event.i, t: event.t },
    phase: 'awaiting',
  };
  // What was forfeited for the one in default, and paid out of it, is of that sale alone.
  delete state.sales[sale].forfeitFen;
  delete state.sales[sale].payout;
  before.followedBy = sale;
}

/** The leaf's type says how. */
export function endChance({ chances }: ShowState, { type, body }: Answered): ChanceState {
  const chance = chances.find(({ sale }) => sale === body.sale)!;
  chance.result = type.slice(5) as 'accepted';
  return chance;
}

/** Its units go to the next show: they are not sold any more. */
export function carrySale(lot: LotState, sale: SaleState): void {
  sale.followedBy = 'carried';
  lot.soldUnits -= sale.units;
  lot.phase = 'carried';
}
