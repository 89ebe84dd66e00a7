import { hammerTotalFen, isStanding, mayBeOfferedAgain } from '@qingpai/auction/rules';
import type { LotState, SaleState, ShowState } from '@qingpai/wire';

/** The run of the show: what comes in which order, what waits, what is done. The order is the host's own, kept on the phone. */

/** Lots in the host's order: those named in `order` first, then the rest by list and number. */
export function inOrder(lots: LotState[], order: readonly string[]): LotState[] {
  const place = new Map(order.map((id, index) => [id, index]));
  const at = (lot: LotState) => place.get(lot.lot) ?? Infinity;
  return [...lots].sort((a, b) =>
    at(a) === at(b) ? a.list - b.list || a.number.localeCompare(b.number) : at(a) - at(b),
  );
}

const inPhase = (state: ShowState, phase: LotState['phase'], order: readonly string[] = []) =>
  inOrder(
    Object.values(state.lots).filter((lot) => lot.phase === phase),
    order,
  );

/** Sealed and not offered yet. */
export const comingLots = (state: ShowState, order: readonly string[]): LotState[] =>
  inPhase(state, 'sealed', order);
/** Wait for re-offer. */
export const waitingLots = (state: ShowState): LotState[] => inPhase(state, 'waiting');
export const draftLots = (state: ShowState): LotState[] => inPhase(state, 'draft');

/** All lots of the show, struck ones aside, by list and number. */
export const allLots = (state: ShowState): LotState[] =>
  inOrder(
    Object.values(state.lots).filter((lot) => lot.phase !== 'struck'),
    [],
  );

/**
 * How a lot can come back: one whose hammer was undone is offered anew as it was, the others as a falling clock.
 * Null: not any more, it is passed, carried or withdrawn.
 */
export function comesBackBy(state: ShowState, lot: LotState): 'offer' | 'reoffer' | null {
  if (lot.phase !== 'waiting' && lot.phase !== 'passed') return null;
  if (!mayBeOfferedAgain(state.rules, lot)) return null;
  return lot.phase === 'waiting' && lot.offerings.at(-1)?.result === 'voided' ? 'offer' : 'reoffer';
}

/** The lot whose last offering ended last. */
export function lastEnded(state: ShowState): LotState | null {
  const endedAt = (lot: LotState) => lot.offerings.at(-1)?.endedAt ?? -1;
  const ended = Object.values(state.lots).filter((lot) => endedAt(lot) >= 0);
  return ended.sort((a, b) => endedAt(b) - endedAt(a))[0] ?? null;
}

/** `ids` with `id` moved to place `index` (0 is next). */
export function moved(ids: readonly string[], id: string, index: number): string[] {
  const rest = ids.filter((each) => each !== id);
  const to = Math.max(0, Math.min(index, rest.length));
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

export const salesOf = (state: ShowState, lot: string): SaleState[] =>
  Object.values(state.sales).filter((sale) => sale.lot === lot && isStanding(sale));

export interface Totals {
  hammerFen: number;
  soldLots: number;
  waitingLots: number;
  passedLots: number;
  comingLots: number;
}
export function totals(state: ShowState): Totals {
  const lots = Object.values(state.lots);
  const count = (test: (lot: LotState) => boolean) => lots.filter(test).length;
  return {
    hammerFen: hammerTotalFen(state),
    soldLots: count((lot) => lot.soldUnits > 0),
    waitingLots: count((lot) => lot.phase === 'waiting'),
    passedLots: count((lot) => lot.phase === 'passed'),
    comingLots: count((lot) => lot.phase === 'sealed'),
  };
}
