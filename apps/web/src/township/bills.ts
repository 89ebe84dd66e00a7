import type { Bill, Payment } from '@qingpai/wire';

/** Sales of a bill that still wait for money and for which no payment waits to be confirmed. */
export function payable(bill: Bill, payments: readonly Payment[]): Bill['sales'] {
  const recorded = new Set(
    payments.filter((payment) => payment.state === 'recorded').flatMap((payment) => payment.sales),
  );
  return bill.sales.filter((sale) => sale.phase === 'awaiting' && !recorded.has(sale.sale));
}

export const sumFen = (sales: readonly { amountFen: number }[]): number =>
  sales.reduce((sum, { amountFen }) => sum + amountFen, 0);

/** Recorded, not confirmed yet. */
export const waitingFen = (bill: Bill, payments: readonly Payment[]): number =>
  sumFen(payments.filter((payment) => payment.state === 'recorded' && payment.bidder === bill.bidder));
