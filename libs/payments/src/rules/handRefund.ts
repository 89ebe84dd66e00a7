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
