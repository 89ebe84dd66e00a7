import { type OnlineMethod } from '@qingpai/wire';
import { type SeenOrder } from '../rules/order.js';

/** What leaves the house: a number and an amount. No name, no phone, no title. */
export interface OutgoingOrder {
  id: string;
  amountFen: number;
  /** Where the buyer's browser comes back to. */
  returnUrl: string;
  expiresAtMs: number;
}

/** What the provider says of an order, with its answer as it came. */
export interface ProviderOrder extends SeenOrder {
  /** The provider's own number of the order. */
  ref: string;
  /** Where the buyer pays; null: no more. */
  payUrl: string | null;
  answer: Buffer;
}

export interface ProviderRefund {
  /** The provider's own number; the hash of it stands in the log. */
  ref: string;
  state: 'underway' | 'given' | 'failed';
  answer: Buffer;
}

/** What a knock at the door is about. It is only a knock: what is true is asked for. */
export interface Knock {
  id: string;
  type: string;
  about:
    | { kind: 'order'; order: string }
    | { kind: 'refund'; refund: string | null; charge: string | null }
    | { kind: 'chargeback'; charge: string | null }
    | { kind: 'other' };
}

/**
 * The port behind which online payment lies. Every method may be called again with the same thing and then answers the
 * same: orders and refunds carry numbers of our own. Throws `Refused`: `no-online-payment` for what the provider will
 * never do, `not-ready` when nobody knows whether it was done.
 */
export interface PaymentProvider {
  readonly channel: 'stripe';
  readonly methods: readonly OnlineMethod[];
  begin(order: OutgoingOrder): Promise<ProviderOrder>;
  look(ref: string): Promise<ProviderOrder>;
  /** After this nobody can pay it any more, unless he just has: look at what is answered. */
  close(ref: string): Promise<ProviderOrder>;
  giveBack(refund: { id: string; order: string; charge: string; amountFen: number }): Promise<ProviderRefund>;
  /** Throws `Refused('bad-signature')` for what the provider did not sign, or not now. */
  knock(body: Buffer, signature: string, nowMs: number): Knock;
}
