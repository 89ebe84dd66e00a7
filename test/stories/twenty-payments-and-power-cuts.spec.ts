import { FakeStripe, WEBHOOK_SECRET } from '@qingpai/payments/testing';
import { verifyBundle } from '@qingpai/auction/rules';
import { type InvariantRun, type MyPayment, type PayingOnline, type ShowBooks } from '@qingpai/wire';
import { Market, pot, shortRules } from './kit/market.js';

/** The provider lives in this process and remembers; the market is killed, and both commit in their own time. */
const PRESSES = 20;
const address = {
  ...{ how: 'parcel', name: '林小梅', phone: '13900000003' },
  ...{ province: '35', city: '宁德市周宁县', address: '狮城镇兴业路 7 号' },
};
const secrets = { STRIPE_SECRET_KEY: 'sk_test_fake', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET };

let stripe: FakeStripe;
let market: Market;
beforeAll(async () => {
  stripe = await FakeStripe.open();
  market = await Market.open({ ...secrets, STRIPE_API: stripe.url });
}, 60_000);
afterAll(async () => {
  await market.close();
  await stripe.close();
});

const times = <T>(ask: () => T): T[] => Array.from({ length: PRESSES }, ask);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Kills the market while all of these are on their way to it, `afterMs` after it asked the provider or answered. */
async function cutDuring(asking: Promise<unknown>[], afterMs: number): Promise<void> {
  const asked = stripe.requests.length;
  const ended = Promise.allSettled(asking);
  let isAnswered = false;
  const answered = () => void (isAnswered = true);
  void Promise.race(asking).then(answered, answered);
  while (stripe.requests.length === asked && !isAnswered) await pause(1);
  await pause(afterMs);
  await market.killHard();
  await ended;
  await market.start();
}

/** A witness that comes back in its own time is waited for. */
async function judged(showId: string) {
  const policy = await market.must<string>('GET', `/api/shows/${showId}/policy`);
  for (;;) {
    const bundle = await market.must<object>('GET', `/api/shows/${showId}/bundle`);
    const found = verifyBundle(JSON.stringify(bundle), { policy });
    const isWaiting =
      found.verdict === 'UNTRUSTED' && found.findings.every(({ code }) => code === 'quorum-missing');
    if (!isWaiting) return found;
    await pause(200);
  }
}

test('twenty payments of one order at once, and kill -9 between and between again, are one charge', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], shortRules);
  const buyer = await market.buyer(showId, '小林');
  for (const lot of ['L1', 'L2']) {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, buyer);
    await buyer.bid(lot, 3_600);
    await hammered;
  }
  const mine = `/api/shows/${showId}/my-payment`;
  await market.must('PUT', `/api/shows/${showId}/my-parcel`, buyer.token, { parcel: address });
  await market.must('POST', `/api/shows/${showId}/my-parcel/fresh`, buyer.token);
  const press = () =>
    market.ask<PayingOnline & { code: string }>('POST', mine, buyer.token, { consent: true });
  const look = () => market.ask<MyPayment>('POST', `${mine}/look`, buyer.token);
  const knock = () => {
    const { payload, signature } = FakeStripe.signed(stripe.events.at(-1)!);
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    return fetch(`${market.origin}/api/stripe/webhook`, { method: 'POST', headers, body: payload });
  };

  // Before the provider has heard of it; after it made the page, and before anybody here knew.
  for (const silence of ['silent before', 'silent after'] as const) {
    stripe.breakNext(/POST .*sessions/, silence);
    await cutDuring(times(press), 20);
  }
  const pages = await Promise.all(times(press));
  expect(new Set(pages.map(({ status, answer }) => [status, answer.payUrl].join()))).toEqual(
    new Set([`201,${pages[0]!.answer.payUrl}`]),
  );
  const { order, payUrl } = pages[0]!.answer;
  expect(order).toMatchObject({ amountFen: 8_000, sales: ['S1', 'S2'] });

  // He pays in twenty tabs; the money is there, and the market dies each time that it is about to know.
  expect(times(() => stripe.pay(payUrl)).filter((one) => one === 'paid')).toEqual(['paid']);
  stripe.breakNext(/GET .*sessions/, 'silent after');
  await cutDuring([...times(press), ...times(look), ...times(knock)], 20);
  // The provider has answered: the leaves, the books and the order are on their way to the disk.
  await cutDuring([...times(press), ...times(look), ...times(knock)], 3);

  const knocked = await Promise.all(times(knock));
  expect(new Set(knocked.map(({ status }) => status))).toEqual(new Set([200]));
  const late = await Promise.all(times(press));
  expect(new Set(late.map(({ status, answer }) => `${status} ${answer.code}`))).toEqual(
    new Set(['409 already-paid']),
  );

  // At the provider: one page, one charge, under one key.
  const begun = stripe.requests.filter(({ method, path }) => method === 'POST' && /sessions$/.test(path));
  expect(new Set(begun.map(({ key }) => key))).toEqual(new Set([`order-${order.order}`]));
  expect(stripe.intents.size).toBe(1);
  expect(stripe.charged).toMatchObject([{ amount: 8_000, amount_received: 8_000, currency: 'cny' }]);

  // Here: the order paid once, a leaf for each sale, books that balance, nothing that a person must look at.
  const officer = await market.officer();
  const { orders, bill } = (await look()).answer;
  expect(orders).toMatchObject([{ order: order.order, state: 'paid', amountFen: 8_000 }]);
  expect(bill.sales.map(({ phase }) => phase)).toEqual(['paid', 'paid']);
  await (await market.enter(showId, host.token)).does({ name: 'close' });
  const { verdict, findings } = await judged(showId);
  expect([verdict, findings]).toEqual(['ALL_SOLD_UNSETTLED', []]);
  const books = await market.must<ShowBooks>('GET', `/api/shows/${showId}/books`, officer);
  expect(books.invariants.filter(({ holds }) => holds === 'no')).toEqual([]);
  const standing = books.accounts.filter(({ balanceFen }) => balanceFen !== 0);
  expect(Object.fromEntries(standing.map(({ account, balanceFen }) => [account, balanceFen]))).toEqual({
    'gateway:stripe:clearing': 8_000,
    'grower:*:payable': -7_200,
    'freight:payable': -800,
  });
  expect(await market.must('GET', `/api/shows/${showId}/payment-cases`, officer)).toEqual({ cases: [] });
  const { invariants } = await market.must<InvariantRun>('POST', '/api/invariants', officer);
  expect(invariants.filter(({ holds }) => holds !== 'yes')).toEqual([]);
}, 180_000);
