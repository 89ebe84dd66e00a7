import { clockPriceFen, openLots } from '@qingpai/auction/rules';
import type { LotState, OfferingState, SaleState, ShowState } from '@qingpai/wire';
import { lastEnded, nextLot } from '../room/dock';

/** What the hall's screen shows at a moment: pure, so that every moment can be tested. */
export type Scene =
  | { scene: 'before' | 'resting' | 'closed' }
  /** One lot fills the screen. */
  | { scene: 'lot'; lot: LotState; offering: OfferingState }
  /** Of a timed show: several side by side, in the order in which they close; so many more are open. */
  | { scene: 'several'; lots: { lot: LotState; offering: OfferingState }[]; more: number }
  /** What became of the newest lot, until the next is called. */
  | { scene: 'result'; lot: LotState; offering: OfferingState; sales: SaleState[] };

/** How many lots find room side by side; the others come up as these close. */
export const SIDE_BY_SIDE_MAX = 9;

export function sceneOf(state: ShowState): Scene {
  if (state.phase === 'draft' || state.phase === 'sealed') return { scene: 'before' };
  const open = openLots(state);
  if (open.length === 1) return { scene: 'lot', ...open[0]! };
  if (open.length > 1) {
    const byClose = open.sort((a, b) => (a.offering.closesAt ?? 0) - (b.offering.closesAt ?? 0));
    const lots = byClose.slice(0, SIDE_BY_SIDE_MAX);
    return { scene: 'several', lots, more: byClose.length - lots.length };
  }
  if (state.phase !== 'open') return { scene: 'closed' };
  const last = lastEnded(state);
  if (!last) return { scene: 'resting' };
  const sales = standing(state).filter(
    ({ lot, offering }) => lot === last.lot.lot && offering === last.offering.offering,
  );
  return { scene: 'result', ...last, sales };
}

/** Sales that were not undone; one in default gives way to the sale that took its place. */
const standing = (state: ShowState): SaleState[] =>
  Object.values(state.sales).filter(
    ({ phase, followedBy }) => phase !== 'voided' && followedBy === undefined,
  );

/** What has been sold so far: lots, units, and what they come to, fen. */
export function totalsOf(state: ShowState): { lots: number; units: number; totalFen: number } {
  const sales = standing(state);
  return {
    lots: new Set(sales.map(({ lot }) => lot)).size,
    units: sales.reduce((sum, { units }) => sum + units, 0),
    totalFen: sales.reduce((sum, { units, unitPriceFen }) => sum + units * unitPriceFen, 0),
  };
}

/** What the price is now: of a clock by the time, of a rising lot its best bid, or the start. */
export function priceNowFen(offering: OfferingState, nowMs: number): number {
  if (offering.clock) return clockPriceFen(offering.clock, offering.frozenAt ?? nowMs);
  return offering.priceFen ?? offering.startFen;
}

export const comesNext = nextLot;
