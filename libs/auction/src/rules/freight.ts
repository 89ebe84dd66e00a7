import {
  type FreightDue,
  type FreightRule,
  type Province,
  type Reason,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { saleTotalFen } from './sales.js';

/** Where one buyer's parcel goes; `pickUp`: he fetches it at the station. */
export type ParcelChoice = { pickUp: true } | { pickUp: false; province: Province };

export type Freight = { ok: true; feeFen: number } | { ok: false; reason: 'not-served' | 'no-pick-up' };

/**
 * 运费合并只收一次: what the one parcel of a buyer costs (RULES §5), fen.
 * @param sumFen of all his sales of the show that stand
 */
export function freightOf(rule: FreightRule | undefined, parcel: ParcelChoice, sumFen: number): Freight {
  if (rule === undefined) return { ok: true, feeFen: 0 };
  if (parcel.pickUp) return rule.pickUp ? { ok: true, feeFen: 0 } : { ok: false, reason: 'no-pick-up' };
  const feeFen = feeTo(rule, parcel.province);
  if (feeFen === null) return { ok: false, reason: 'not-served' };
  return { ok: true, feeFen: isFree(rule, sumFen) ? 0 : feeFen };
}

function feeTo({ zones, elsewhereFen, notServed }: FreightRule, to: Province): number | null {
  if (notServed.includes(to)) return null;
  return zones.find(({ provinces }) => provinces.includes(to))?.feeFen ?? elsewhereFen ?? null;
}

const isFree = ({ freeFromFen }: FreightRule, sumFen: number): boolean =>
  freeFromFen !== undefined && sumFen >= freeFromFen;

/** Freight of this buyer that came in and did not go back, fen. */
export const freightHeldFen = (state: ShowState, bidder?: string): number =>
  Object.values(state.sales)
    .filter((sale) => bidder === undefined || sale.bidder === bidder)
    .reduce((sum, { freightFen = 0, freightBackFen = 0 }) => sum + freightFen - freightBackFen, 0);

/**
 * Why so much freight cannot come with the payment of this sale; null: it can. The leaf says no province: it must be one of
 * the fees of the sealed table, once per buyer, and below the sum from which it is free.
 */
export function refusalOfFreight(state: ShowState, sale: SaleState, freightFen: number): Reason | null {
  const { freight } = state.rules;
  if (!freight) return 'freight-differs';
  const his = Object.values(state.sales).filter(({ bidder }) => bidder === sale.bidder);
  if (freightHeldFen(state, sale.bidder) > 0) return 'freight-paid';
  const fees = [...freight.zones.map(({ feeFen }) => feeFen), freight.elsewhereFen];
  const paid = [...his.filter(({ phase }) => phase === 'paid'), sale];
  const paidFen = paid.reduce((sum, one) => sum + saleTotalFen(one), 0);
  return fees.includes(freightFen) && !isFree(freight, paidFen) ? null : 'freight-differs';
}

/**
 * What freight this buyer owes beside his lots (RULES §5), once per show.
 * @param parcel null: he has not said where to
 */
export function freightDueOf(state: ShowState, bidder: string, parcel: ParcelChoice | null): FreightDue {
  const held = freightHeldFen(state, bidder);
  if (held > 0) return { state: 'paid', feeFen: held };
  const his = Object.values(state.sales).filter((sale) => sale.bidder === bidder);
  const none = { state: 'none', feeFen: 0 } as const;
  if (!state.rules.freight || !his.some(({ phase }) => phase === 'awaiting')) return none;
  if (parcel === null) return { state: 'needs-parcel', feeFen: 0 };
  const stand = his.filter(({ phase }) => phase === 'awaiting' || phase === 'paid');
  const sumFen = stand.reduce((sum, sale) => sum + saleTotalFen(sale), 0);
  const freight = freightOf(state.rules.freight, parcel, sumFen);
  if (!freight.ok) return { state: 'not-served', feeFen: 0 };
  return freight.feeFen === 0 ? none : { state: 'due', feeFen: freight.feeFen };
}
