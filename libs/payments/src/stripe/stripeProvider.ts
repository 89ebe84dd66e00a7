import { Refused } from '@qingpai/platform';
import { type OnlineMethod } from '@qingpai/wire';
import Stripe from 'stripe';
import {
  type Knock,
  type OutgoingOrder,
  type PaymentProvider,
  type ProviderOrder,
  type ProviderRefund,
} from '../online/provider.js';

export interface StripeKeys {
  secretKey: string;
  webhookSecret: string;
  /** Of the API; a stand-in's in tests. */
  apiUrl: string;
  /** How long one request may take; default: ten seconds. */
  requestMsMax?: number;
}

/** The newest whose requests stripe-mock v0.203.0 can judge; it names means of payment outright, later ones filter. */
const API_VERSION = '2026-08-26.dahlia';
const REQUEST_MS_MAX = 10_000;
/** How far the time of a signature may lie from ours, in either direction. */
const SIGNED_S_AWAY_MAX = 300;
const METHODS = ['card', 'alipay', 'wechat_pay'] as const satisfies OnlineMethod[];

/**
 * Stripe by its own pages (Checkout): the buyer leaves for them, so no foreign script runs beside the keys that his
 * phone keeps here. One order is one Checkout session, and a session is paid by one PaymentIntent at most.
 */
export class StripeProvider implements PaymentProvider {
  readonly channel = 'stripe';
  readonly methods = METHODS;
  private readonly stripe: Stripe;

  constructor(private readonly keys: StripeKeys) {
    const { protocol, hostname, port } = new URL(keys.apiUrl);
    this.stripe = new Stripe(keys.secretKey, {
      apiVersion: API_VERSION as typeof Stripe.API_VERSION,
      host: hostname,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : port,
      protocol: protocol === 'https:' ? 'https' : 'http',
      // Whoever asks asks again, with the same key; waiting here would keep a line of ours waiting.
      maxNetworkRetries: 0,
      timeout: keys.requestMsMax ?? REQUEST_MS_MAX,
      telemetry: false,
    });
  }

  begin(order: OutgoingOrder): Promise<ProviderOrder> {
    const key = { idempotencyKey: `order-${order.id}` };
    return asked(async () => this.orderOf(await this.stripe.checkout.sessions.create(pageOf(order), key)));
  }

  look(ref: string): Promise<ProviderOrder> {
    return asked(async () => this.orderOf(await this.stripe.checkout.sessions.retrieve(ref)));
  }

  close(ref: string): Promise<ProviderOrder> {
    return asked(async () => {
      try {
        return await this.orderOf(await this.stripe.checkout.sessions.expire(ref));
      } catch (error) {
        // It is not open any more: paid in this very moment, or expired by itself.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return this.look(ref);
        throw error;
      }
    });
  }

  giveBack({
    id,
    order,
    charge,
    amountFen,
  }: Parameters<PaymentProvider['giveBack']>[0]): Promise<ProviderRefund> {
    return asked(async () => {
      const asking = { payment_intent: charge, amount: amountFen, metadata: { refund: id, order } };
      // Stripe forgets keys after a day: what was given before is looked for first.
      const before = await this.stripe.refunds.list({ payment_intent: charge, limit: 100 });
      const refund =
        before.data.find(({ metadata }) => metadata?.refund === id) ??
        (await this.stripe.refunds.create(asking, { idempotencyKey: `refund-${id}` }));
      return {
        ref: refund.id,
        state: refundStates[refund.status ?? ''] ?? 'underway',
        answer: bytesOf(refund),
      };
    });
  }

  knock(body: Buffer, signature: string, nowMs: number): Knock {
    const event = this.signed(body, signature, nowMs);
    return { id: event.id, type: event.type, about: aboutOf(event) };
  }

  private signed(body: Buffer, signature: string, nowMs: number): Stripe.Event {
    const times = [...signature.matchAll(/(?:^|,)\s*t=([^,]*)/g)].map((match) => Number(match[1]));
    // The SDK refuses what is old, and takes what is to come; of several times it believes the last.
    if (times.length !== 1 || !(times[0]! - nowMs / 1_000 <= SIGNED_S_AWAY_MAX)) {
      throw new Refused('bad-signature');
    }
    const { webhookSecret } = this.keys;
    try {
      return this.stripe.webhooks.constructEvent(
        body,
        signature,
        webhookSecret,
        SIGNED_S_AWAY_MAX,
        undefined,
        nowMs,
      );
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError || error instanceof SyntaxError) {
        throw new Refused('bad-signature');
      }
      throw error;
    }
  }

  /** A session says what is owed; its PaymentIntent what came. */
  private async orderOf(session: Stripe.Checkout.Session): Promise<ProviderOrder> {
    const charge = idOf(session.payment_intent);
    const intent = charge === null ? null : await this.stripe.paymentIntents.retrieve(charge);
    const isHere = intent?.status === 'succeeded';
    return {
      ref: session.id,
      payUrl: session.url,
      page: pageStates[session.status ?? ''] ?? 'open',
      money: isHere ? 'here' : session.status === 'complete' && isUnderway(intent) ? 'underway' : 'none',
      amountFen: isHere ? intent.amount_received : (session.amount_total ?? 0),
      currency: isHere ? intent.currency : (session.currency ?? ''),
      charge,
      answer: bytesOf(intent ?? session),
    };
  }
}

/** All that leaves the house. */
function pageOf({ id, amountFen, returnUrl, expiresAtMs }: OutgoingOrder) {
  const metadata = { order: id };
  return {
    mode: 'payment' as const,
    client_reference_id: id,
    metadata,
    payment_intent_data: { metadata },
    payment_method_types: METHODS,
    payment_method_options: { wechat_pay: { client: 'web' as const } },
    // Never an amount in another currency than the bill's.
    adaptive_pricing: { enabled: false },
    line_items: [
      { quantity: 1, price_data: { currency: 'cny', unit_amount: amountFen, product_data: { name: id } } },
    ],
    success_url: `${returnUrl}?back=1`,
    cancel_url: returnUrl,
    expires_at: Math.floor(expiresAtMs / 1_000),
  };
}

const pageStates: Record<string, ProviderOrder['page']> = { complete: 'complete', expired: 'expired' };

const isUnderway = (intent: Stripe.PaymentIntent | null): boolean =>
  intent !== null && ['processing', 'requires_action', 'requires_capture'].includes(intent.status);

const refundStates: Record<string, ProviderRefund['state']> = {
  succeeded: 'given',
  failed: 'failed',
  canceled: 'failed',
};

function aboutOf({ type, data: { object } }: Stripe.Event): Knock['about'] {
  const { metadata, payment_intent: intent } = object as {
    metadata?: Stripe.Metadata | null;
    payment_intent?: string | { id: string } | null;
  };
  const charge = idOf(intent ?? null);
  if (type.startsWith('charge.dispute.')) return { kind: 'chargeback', charge };
  if (/^(refund\.|charge\.refund\.)/.test(type)) {
    return { kind: 'refund', refund: metadata?.refund ?? null, charge };
  }
  if (!/^(checkout\.session|payment_intent)\./.test(type) || !metadata?.order) return { kind: 'other' };
  return { kind: 'order', order: metadata.order };
}

const idOf = (of: string | { id: string } | null): string | null =>
  typeof of === 'string' ? of : (of?.id ?? null);

const bytesOf = (answer: object): Buffer => Buffer.from(JSON.stringify(answer));

/** Stripe said no: it was not done. Whatever else went wrong, nobody knows. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const isNo =
      error instanceof Stripe.errors.StripeInvalidRequestError ||
      error instanceof Stripe.errors.StripeCardError ||
      error instanceof Stripe.errors.StripeAuthenticationError ||
      error instanceof Stripe.errors.StripePermissionError;
    throw new Refused(isNo ? 'no-online-payment' : 'not-ready');
  }
}
