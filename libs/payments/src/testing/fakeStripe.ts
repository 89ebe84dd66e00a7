import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { StripeProvider } from '../stripe/stripeProvider.js';

export const WEBHOOK_SECRET = 'whsec_ofTheFakeThatRemembers';

type Thing = Record<string, unknown> & { id: string };
/** What a buyer does on the provider's page. */
export type HowPaid = 'at once' | 'declined' | 'after 3DS' | 'breaks off 3DS' | 'delayed';
export interface FakeEvent extends Thing {
  type: string;
}
/** What goes wrong with a request: refused for good, or broken before anything was done or after it. */
type Fault =
  | 'refused'
  | 'error before'
  | 'error after'
  | 'cut before'
  | 'cut after'
  | 'silent before'
  | 'silent after'
  | 'no';

/**
 * A Stripe that remembers, for behaviour (stripe-mock judges shapes and remembers nothing): keys answer as the first
 * time, a page is paid once, refunds never exceed what came. It tells nobody of its events; tests deliver them.
 */
export class FakeStripe {
  readonly events: FakeEvent[] = [];
  readonly requests: { method: string; path: string; body: string; key: string | undefined }[] = [];
  readonly intents = new Map<string, Thing>();
  private readonly sessions = new Map<string, Thing>();
  private readonly refunds = new Map<string, Thing>();
  private readonly answers = new Map<string, { asked: string; status: number; answer: object }>();
  private readonly faults: { path: RegExp; fault: Fault }[] = [];
  private readonly pasts = new Map<string, Map<string, Thing>>();
  /** Everything is read as it was at this event. */
  private asOf: string | null = null;
  private count = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<FakeStripe> {
    const server = createServer((request, response) => void fake.handle(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const fake = new FakeStripe(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return fake;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  provider(): StripeProvider {
    const keys = { secretKey: 'sk_test_fake', webhookSecret: WEBHOOK_SECRET, apiUrl: this.url };
    return new StripeProvider({ ...keys, requestMsMax: 400 });
  }

  /** The next requests to this path go wrong, one after the other. */
  breakNext(path: RegExp, ...faults: Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ path, fault })));
  }

  /** Reads answer as at this event, as a replica that lags would; null: as things are. */
  lookBack(event: FakeEvent | null): void {
    this.asOf = event?.id ?? null;
  }

  /** Charges that took money. */
  get charged(): Thing[] {
    return [...this.intents.values()].filter(({ status }) => status === 'succeeded');
  }
  givenBackFen(): number {
    const given = [...this.refunds.values()].filter(({ status }) => status === 'succeeded');
    return given.reduce((sum, { amount }) => sum + (amount as number), 0);
  }

  /** In the payer's browser, with as many tabs as he likes. */
  pay(payUrl: string, how: HowPaid = 'at once'): 'paid' | 'not paid' | 'closed' {
    const session = this.sessions.get(payUrl.split('/').at(-1)!)!;
    if (session.status !== 'open') return 'closed';
    const intent = this.intentOf(session);
    if (how === 'declined') {
      intent.status = 'requires_payment_method';
      this.tell('payment_intent.payment_failed', intent);
      return 'not paid';
    }
    if (how === 'after 3DS' || how === 'breaks off 3DS') {
      intent.status = 'requires_action';
      this.tell('payment_intent.requires_action', intent);
      if (how === 'breaks off 3DS') return 'not paid';
    }
    Object.assign(session, { status: 'complete', url: null });
    if (how === 'delayed') {
      intent.status = 'processing';
      this.tell('payment_intent.processing', intent);
      this.tell('checkout.session.completed', session);
      return 'not paid';
    }
    this.succeed(session, intent);
    this.tell('checkout.session.completed', session);
    return 'paid';
  }

  /** What a delayed payment came to. */
  settle(payUrl: string, isGood: boolean): void {
    const session = this.sessions.get(payUrl.split('/').at(-1)!)!;
    const intent = this.intentOf(session);
    if (isGood) this.succeed(session, intent);
    else {
      intent.status = 'requires_payment_method';
      this.tell('payment_intent.payment_failed', intent);
    }
    this.tell(`checkout.session.async_payment_${isGood ? 'succeeded' : 'failed'}`, session);
  }

  expire(payUrl: string): void {
    const session = this.sessions.get(payUrl.split('/').at(-1)!)!;
    Object.assign(session, { status: 'expired', url: null });
    this.tell('checkout.session.expired', session);
  }

  /** What no honest provider does: another amount, currency or charge than was asked for. */
  twist(payUrl: string, change: { amount?: number; currency?: string; another?: true }): void {
    const session = this.sessions.get(payUrl.split('/').at(-1)!)!;
    const intent = this.intentOf(session);
    if (change.another) {
      const other = { ...intent, id: this.newId('pi') };
      this.intents.set(other.id, other);
      session.payment_intent = other.id;
      this.tell('payment_intent.succeeded', other);
    }
    if (change.amount !== undefined) intent.amount_received = change.amount;
    if (change.currency !== undefined) intent.currency = change.currency;
  }

  /** A refund made by hand in the provider's own pages, or a buyer's bank taking money back. */
  fromOutside(charge: string, kind: 'refund.created' | 'charge.dispute.created'): FakeEvent {
    const thing = { id: this.newId('re'), object: 'refund', amount: 1, metadata: {}, payment_intent: charge };
    return this.tell(kind, thing);
  }

  event(type: string, object: object): FakeEvent {
    return { id: this.newId('evt'), object: 'event', type, data: { object } };
  }

  /** As it knocks: body and signature. @param awayS how far its time lies from now */
  static signed(event: object, awayS = 0, secret = WEBHOOK_SECRET): { payload: string; signature: string } {
    const payload = JSON.stringify(event);
    const timestamp = Math.floor(Date.now() / 1_000) + awayS;
    const stripe = new Stripe('sk_test_fake');
    return { payload, signature: stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) };
  }

  private succeed(session: Thing, intent: Thing): void {
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount });
    session.payment_status = 'paid';
    this.tell('payment_intent.succeeded', intent);
  }

  private intentOf(session: Thing): Thing {
    const known = this.intents.get(session.payment_intent as string);
    if (known) return known;
    const id = this.newId('pi');
    const { amount_total: amount, currency, metadata } = session;
    const intent = { id, object: 'payment_intent', amount, currency, metadata, amount_received: 0 };
    this.intents.set(id, { ...intent, status: 'requires_payment_method' });
    session.payment_intent = id;
    this.tell('payment_intent.created', this.intents.get(id)!);
    return this.intents.get(id)!;
  }

  private tell(type: string, object: Thing): FakeEvent {
    const event = this.event(type, structuredClone(object));
    this.events.push(event);
    const all = [...this.sessions, ...this.intents, ...this.refunds];
    this.pasts.set(event.id, new Map(structuredClone(all)));
    return event;
  }

  private newId(kind: string): string {
    this.count += 1;
    return `${kind}_${this.count}`;
  }

  // ---------------------------------------------------------------- over HTTP

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '' } = request;
    const key = request.headers['idempotency-key'] as string | undefined;
    this.requests.push({ method, path: url, body, key });
    const at = this.faults.findIndex(({ path }) => path.test(`${method} ${url}`));
    const fault = at < 0 ? 'no' : this.faults.splice(at, 1)[0]!.fault;
    if (fault === 'refused') return send(response, 400, no('charge_disputed').answer);
    if (fault === 'error before') return send(response, 500, apiError('broken'));
    if (fault === 'cut before') return void request.socket.destroy();
    if (fault === 'silent before') return;
    const { status, answer } = this.answered(method, url, body, key);
    if (fault === 'cut after') return void request.socket.destroy();
    if (fault === 'silent after') return;
    if (fault === 'error after') return send(response, 500, apiError('broken'));
    send(response, status, answer);
  }

  private answered(method: string, url: string, body: string, key: string | undefined) {
    const asked = `${method} ${url} ${body}`;
    const known = key === undefined ? undefined : this.answers.get(key);
    if (known && known.asked === asked) return known;
    if (known)
      return { status: 400, answer: { error: { type: 'idempotency_error', message: 'another body' } } };
    const done = { asked, ...this.done(method, new URL(url, this.url), new URLSearchParams(body)) };
    if (key !== undefined) this.answers.set(key, structuredClone(done));
    return done;
  }

  private done(method: string, { pathname, searchParams }: URL, form: URLSearchParams) {
    const [, , kind = '', id = '', act = ''] = pathname.replace('/checkout', '').split('/');
    if (method === 'POST' && kind === 'sessions' && id === '') return ok(this.newSession(form));
    if (method === 'POST' && act === 'expire') return this.expired(id);
    if (method === 'POST' && kind === 'refunds') return this.newRefund(form);
    if (method === 'GET' && kind === 'refunds') {
      const of = searchParams.get('payment_intent');
      const data = [...this.refunds.values()].filter((one) => one.payment_intent === of);
      return ok({ object: 'list', data, has_more: false });
    }
    const now = this.sessions.get(id) ?? this.intents.get(id);
    const then = this.asOf === null ? undefined : this.pasts.get(this.asOf)?.get(id);
    return now ? ok(then ?? now) : no('resource_missing');
  }

  private newSession(form: URLSearchParams): Thing {
    const id = this.newId('cs');
    const session = {
      ...{ id, object: 'checkout.session', status: 'open', payment_status: 'unpaid', payment_intent: null },
      url: `${this.url}/pay/${id}`,
      amount_total: Number(form.get('line_items[0][price_data][unit_amount]')),
      currency: form.get('line_items[0][price_data][currency]'),
      client_reference_id: form.get('client_reference_id'),
      metadata: { order: form.get('metadata[order]') },
    };
    this.sessions.set(id, session);
    return session;
  }

  private expired(id: string) {
    const session = this.sessions.get(id);
    if (session?.status !== 'open') return no('not open');
    this.expire(String(session.url));
    return ok(session);
  }

  private newRefund(form: URLSearchParams) {
    const charge = form.get('payment_intent')!;
    const amount = Number(form.get('amount'));
    const before = [...this.refunds.values()].filter((one) => one.payment_intent === charge);
    const given = before.reduce((sum, one) => sum + (one.amount as number), 0);
    const came = this.intents.get(charge)?.amount_received as number;
    if (given + amount > came) return no('charge_already_refunded');
    const id = this.newId('re');
    const metadata = { refund: form.get('metadata[refund]'), order: form.get('metadata[order]') };
    const refund = { id, object: 'refund', amount, payment_intent: charge, metadata, status: 'succeeded' };
    this.refunds.set(id, refund);
    this.tell('refund.created', refund);
    return ok(refund);
  }
}

const ok = (answer: object) => ({ status: 200, answer });
const no = (code: string) => ({ status: 400, answer: apiError(code, 'invalid_request_error') });
const apiError = (code: string, type = 'api_error') => ({ error: { type, code, message: code } });

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}
