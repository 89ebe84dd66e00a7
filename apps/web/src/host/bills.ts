import type { Bill, Payment } from '@qingpai/wire';
import { payableSales } from '../shared/bills';

/** voided: every hammer of this buyer was undone, there is nothing to pay; defaulted: nobody paid in time. */
export type BillState = 'paid' | 'recorded' | 'due' | 'voided' | 'defaulted';
export function billState(bill: Bill, payments: readonly Payment[]): BillState {
  if (bill.sales.every((sale) => sale.phase === 'voided')) return 'voided';
  if (bill.dueFen === 0) return bill.sales.some(({ phase }) => phase === 'defaulted') ? 'defaulted' : 'paid';
  return payableSales(bill, payments).length === 0 ? 'recorded' : 'due';
}

/** Those who still owe first, then by paddle. */
export function billsInOrder(bills: readonly Bill[], payments: readonly Payment[]): Bill[] {
  const ranks: Record<BillState, number> = { due: 0, recorded: 1, defaulted: 2, paid: 3, voided: 4 };
  const rank = (bill: Bill) => ranks[billState(bill, payments)];
  return [...bills].sort((a, b) => rank(a) - rank(b) || a.paddle - b.paddle);
}
