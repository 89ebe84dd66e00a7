import { type Reason, type SaleState } from '@qingpai/wire';

export type PaymentState = 'recorded' | 'confirmed' | 'rejected';

/** A payment by hand: one person records it, another confirms or rejects it. Money states only move forward. */
export const nextPaymentStates: Record<PaymentState, readonly PaymentState[]> = {
  recorded: ['confirmed', 'rejected'],
  confirmed: [],
  rejected: [],
};

/** What a bill says of a sale; `amountFen` is the unit price times the units. */
export interface BilledSale {
  sale: string;
  bidder: string;
  amountFen: number;
  phase: SaleState['phase'];
}

/** Why these sales cannot be paid together with this amount; null when they can. */
export function refusalOfRecording(sales: readonly BilledSale[], amountFen: number): Reason | null {
  if (sales.some(({ phase }) => phase === 'voided')) return 'unknown-sale';
  if (sales.some(({ phase }) => phase !== 'awaiting')) return 'already-paid';
  if (new Set(sales.map(({ sale }) => sale)).size !== sales.length) return 'malformed';
  if (new Set(sales.map(({ bidder }) => bidder)).size !== 1) return 'malformed';
  return dueFenOf(sales) === amountFen ? null : 'amount-differs';
}

/** Why this member cannot decide on the payment; null when he can (four eyes: never who recorded it). */
export function refusalOfDeciding(
  payment: { state: PaymentState; recordedBy: string },
  memberId: string,
): Reason | null {
  if (nextPaymentStates[payment.state].length === 0) return 'already-decided';
  return payment.recordedBy === memberId ? 'same-person' : null;
}

export function dueFenOf(sales: readonly BilledSale[]): number {
  return sumFen(sales.filter(({ phase }) => phase === 'awaiting'));
}

/** What came in, given back or not. */
export function paidFenOf(sales: readonly BilledSale[]): number {
  return sumFen(sales.filter(({ phase }) => phase === 'paid' || phase === 'refunded'));
}

/** What went back of it. */
export const refundedFenOf = (sales: readonly { refundedFen: number }[]): number =>
  sales.reduce((sum, { refundedFen }) => sum + refundedFen, 0);

const sumFen = (sales: readonly BilledSale[]): number =>
  sales.reduce((sum, { amountFen }) => sum + amountFen, 0);

/** A reference as it is compared: `ｎｏ. 12 a` and `NO.12A` are one. */
export function plainReference(reference: string): string {
  return reference.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
}
