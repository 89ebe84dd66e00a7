import { type CaseKind, type OrderState } from '@qingpai/wire';

/** An online payment only moves forward; money that came counts also when nobody waited for it any more. */
export const nextOrderStates: Record<OrderState, readonly OrderState[]> = {
  open: ['processing', 'closed', 'paid', 'stray'],
  processing: ['closed', 'paid', 'stray'],
  closed: ['paid', 'stray'],
  paid: [],
  stray: ['returned'],
  returned: [],
};

/** What was asked of the provider, in our own words. */
export interface AskedOrder {
  state: OrderState;
  amountFen: number;
  /** The one charge that pays it, once it is known. */
  charge: string | null;
}

/** What the provider says of it. It may be old: whatever would go back is left out. */
export interface SeenOrder {
  page: 'open' | 'complete' | 'expired';
  money: 'none' | 'underway' | 'here';
  amountFen: number;
  currency: string;
  charge: string | null;
}

export type Judgement =
  | { is: 'as-before' }
  | { is: 'moves'; to: 'processing' | 'closed' }
  | { is: 'paid'; charge: string }
  | { is: 'case'; kind: Exclude<CaseKind, 'disputed'>; charge: string | null };

/**
 * What follows from what the provider says. Nobody guesses about money: an amount or a currency that is not ours, or a
 * second charge, is a case for people, and the order stays as it is.
 */
export function judgedOrder(order: AskedOrder, seen: SeenOrder): Judgement {
  const { money, charge } = seen;
  if (charge !== null && order.charge !== null && charge !== order.charge) {
    return money === 'here' ? { is: 'case', kind: 'second-charge', charge } : { is: 'as-before' };
  }
  if (seen.currency !== 'cny') return { is: 'case', kind: 'wrong-currency', charge };
  if (seen.amountFen !== order.amountFen) return { is: 'case', kind: 'wrong-amount', charge };
  if (money === 'here') {
    if (charge === null) throw new Error('bug: money came without a charge');
    return canBecome(order.state, 'paid') ? { is: 'paid', charge } : { is: 'as-before' };
  }
  const to = seen.page === 'open' ? null : money === 'underway' ? 'processing' : 'closed';
  return to !== null && canBecome(order.state, to) ? { is: 'moves', to } : { is: 'as-before' };
}

const canBecome = (from: OrderState, to: OrderState): boolean => nextOrderStates[from].includes(to);

/** Money that may still be given back of what came in for one sale, or for the whole of a stray order. */
export function leftToRefundFen(cameFen: number, refunds: readonly RefundSum[]): number {
  return refunds.filter(isLiving).reduce((left, one) => left - one.amountFen, cameFen);
}
/** waiting: for a second person's word; dropped: he said no. */
export type RefundState = 'waiting' | 'asked' | 'given' | 'failed' | 'dropped';
export interface RefundSum {
  state: RefundState;
  amountFen: number;
}

/** Of such nothing goes back, now or later. */
export const endedRefunds = ['failed', 'dropped'] as const satisfies RefundState[];
const isLiving = ({ state }: RefundSum): boolean => !(endedRefunds as readonly RefundState[]).includes(state);

/** Whether one person may give so much back alone. Small sums add up: `before` are all refunds of the same sale. */
export const mayGiveAlone = (before: readonly RefundSum[], amountFen: number, aloneFen: number): boolean =>
  before.filter(isLiving).reduce((sum, one) => sum + one.amountFen, amountFen) <= aloneFen;

/**
 * Freight goes back with the refund by which all of the parcel is given back, and once; fen, 0: not with this one.
 * @param order a paid one: what came, with its freight
 * @param otherPaidFen what the buyer paid in other ways and has not been given back
 */
export function freightBackFen(
  order: { state: OrderState; amountFen: number; freightFen: number },
  before: readonly (RefundSum & { freightFen: number })[],
  amountFen: number,
  otherPaidFen: number,
): number {
  // What waits for a second person may still be dropped.
  const living = before.filter((one) => isLiving(one) && one.state !== 'waiting');
  if (order.state !== 'paid' || otherPaidFen > 0 || living.some(({ freightFen }) => freightFen > 0)) return 0;
  const backFen = living.reduce((sum, one) => sum + one.amountFen, amountFen);
  return backFen === order.amountFen - order.freightFen ? order.freightFen : 0;
}
