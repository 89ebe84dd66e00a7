import type { Bill, Payment, paymentRecord } from '@qingpai/wire';
import type { z } from 'zod';
import { fenOf } from './yuan';

/** A payment by hand, as host and officer record it. */
export type PaymentDraft = z.infer<typeof paymentRecord>;

/** Sales of a bill that can be paid now: those that await payment and are in no payment that waits for confirmation. */
export function payableSales(bill: Bill, payments: readonly Payment[]): Bill['sales'] {
  const recorded = new Set(
    payments.filter((payment) => payment.state === 'recorded').flatMap((payment) => payment.sales),
  );
  return bill.sales.filter((sale) => sale.phase === 'awaiting' && !recorded.has(sale.sale));
}
/** `amountFen` of a bill's line is the line's total. */
export const sumFen = (sales: readonly { amountFen: number }[]): number =>
  sales.reduce((sum, { amountFen }) => sum + amountFen, 0);

/** Freight that comes with the next payment, unless a payment that waits for its second person holds it. */
export function freightToRecordFen(bill: Bill, payments: readonly Payment[]): number {
  const isHeld = payments.some((one) => one.bidder === bill.bidder && one.state === 'recorded');
  return bill.freight.state === 'due' && !isHeld ? bill.freight.feeFen : 0;
}

export type PaymentProblem = 'notMoney' | 'differs' | 'referenceNeeded' | 'freshNeeded';
/**
 * What was typed, as a record; or what is wrong with it. The amount must be what the sales come to; of living goods
 * that their buyer has not confirmed himself, the recorder says how he did.
 */
export function paymentOf(
  sales: Bill['sales'],
  freightFen: number,
  typed: Pick<PaymentDraft, 'channel' | 'reference' | 'freshWord'> & { amount: string },
  fresh: Bill['fresh'] = 'none',
): { ok: true; record: PaymentDraft } | { ok: false; problem: PaymentProblem } {
  const amountFen = fenOf(typed.amount);
  if (!amountFen) return { ok: false, problem: 'notMoney' };
  if (amountFen !== sumFen(sales) + freightFen) return { ok: false, problem: 'differs' };
  const reference = typed.reference.trim();
  if (reference === '') return { ok: false, problem: 'referenceNeeded' };
  const { freshWord } = typed;
  if (fresh === 'open' && freshWord === undefined) return { ok: false, problem: 'freshNeeded' };
  return {
    ok: true,
    record: {
      ...{ sales: sales.map((sale) => sale.sale), amountFen, channel: typed.channel, reference },
      ...(freightFen > 0 && { freightFen }),
      ...(fresh === 'open' && { freshWord }),
    },
  };
}
