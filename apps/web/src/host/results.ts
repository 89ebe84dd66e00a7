import type { LotState, ShowState } from '@qingpai/wire';
import { salesOf } from './order';

/** How a lot ended, for the strip and the panel. */
export type Result =
  | { kind: 'sold'; unitPriceFen: number; units: number; bidders: string[] }
  | { kind: 'waiting'; bestFen: number | null }
  | { kind: 'passed' | 'withdrawn' | 'carried' }
  | { kind: 'none' };

export function resultOf(state: ShowState, lot: LotState): Result {
  const sales = salesOf(state, lot.lot);
  if (lot.phase === 'waiting') return { kind: 'waiting', bestFen: lot.bestFen };
  const last = sales.at(-1);
  if (last) {
    return {
      kind: 'sold',
      unitPriceFen: last.unitPriceFen,
      units: sales.reduce((sum, sale) => sum + sale.units, 0),
      bidders: [...new Set(sales.map((sale) => sale.bidder))],
    };
  }
  if (lot.phase === 'passed' || lot.phase === 'withdrawn' || lot.phase === 'carried')
    return { kind: lot.phase };
  return { kind: 'none' };
}
