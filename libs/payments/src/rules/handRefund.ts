import { type Reason } from '@qingpai/wire';
import { type BilledSale } from './payment.js';

/**
 * Why so much may not go back of this sale; null when it may.
 * @param waitingFen what others wrote down and nobody has confirmed yet
 */
export function refusalOfGivingBack(
  sale: BilledSale & { refundedFen: number },
  waitingFen: number,
  amountFen: number,
): Reason | null {
  if (sale.phase === 'voided') return 'unknown-sale';
  if (sale.phase !== 'paid' && sale.phase !== 'refunded') return 'not-paid';
  return sale.refundedFen + waitingFen + amountFen > sale.amountFen ? 'refund-above-paid' : null;
}

/** A sale of one buyer, and what goes back of it. */
export interface GoingBack {
  amountFen: number;
  phase: BilledSale['phase'];
  refundedFen: number;
  /** Written down by somebody, and not confirmed yet. */
  waitingFen: number;
}

/**
 * Freight that goes back beside this refund: all that is held, when nothing of his goods stays paid after it; else none.
 * @param his all sales of this buyer, without this refund
 */
export function freightBackByHandFen(his: readonly GoingBack[], amountFen: number, heldFen: number): number {
  const stays = his
    .filter(({ phase }) => phase === 'paid')
    .reduce((sum, sale) => sum + sale.amountFen - sale.refundedFen - sale.waitingFen, 0);
  return stays === amountFen ? heldFen : 0;
}
