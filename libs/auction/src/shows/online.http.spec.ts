import { createHash, randomUUID } from 'node:crypto';
import { paymentsInvariants } from '@qingpai/payments';
import { FakeStripe } from '@qingpai/payments/testing';
import * as wire from '@qingpai/wire';
import { invariants, rowsAgainst } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, type Who, townshipApp } from '../testing/townshipApp.js';

const rules = {
  ...{ ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 },
  afterSale: { ...quickRules.afterSale!, grantAloneMaxFen: 4_500 },
};
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
};

let township: TownshipApp;
let stripe: FakeStripe;
let showId: string;
let [host, officer] = ['', ''];
/** 阿梅 has S1 and S2, 老李 S3 and S4, 小林 S5 and S6, at 50 yuan each. */
let [mei, li, lin] = ['', '', ''];

beforeAll(async () => {
  stripe = await FakeStripe.open();
  township = await townshipApp({ provider: stripe.provider() });
  ({ host, officer } = township.people);
  showId = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  for (let n = 1; n <= 6; n += 1) {
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${n}` });
  }
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  mei = await township.phoneBuyer('阿梅', '13900000003');
  [li, lin] = [await township.buyer('老李', showId), await township.buyer('小林', showId)];
  let lot = 0;
  for (const who of [mei, li, lin]) {
    const bidder = await seat(who);
    for (let n = 0; n < 2; n += 1) await sell(`L${(lot += 1)}`, bidder);
    await township.put(`${show()}/my-parcel`, who, {
      parcel: { how: 'pick-up', name: '林', phone: '13900000003' },
    });
  }
});
afterAll(async () => {
  await township.close();
  await stripe.close();
});
afterEach(async () => {
  for (const one of [...invariants, ...paymentsInvariants]) {
    expect([one.name, await rowsAgainst(township.database.dataSource.manager, one)]).toEqual([one.name, []]);
  }
});

async function seat(token: string): Promise<string> {
  const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${token}`))!;
  const { bidder, id } = await township.store.newcomer(showId, memberId);
  const desk = await township.desks.of(showId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
  return bidder;
}
async function sell(lot: string, bidder: string): Promise<void> {
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'offer', lot }));
  await done(desk.bid(bidOf(5_000, { lot }), { bidder }));
  await until(() => desk.state.lots[lot]!.phase === 'hammered');
}

const show = () => `/api/shows/${showId}`;
const pay = async (who: Who) => {
  await township.post(`${show()}/my-parcel/fresh`, who);
  return township.post(`${show()}/my-payment`, who, { consent: true });
};
const mine = async (who: Who) =>
  wire.myPayment.parse((await township.get(`${show()}/my-payment`, who)).json());
const leaves = async (type: 'sale.paid' | 'sale.refunded') => {
  const desk = await township.desks.of(showId);
  return Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!).filter(
    (leaf) => leaf.type === type,
  );
};
const knock = ({ payload, signature }: { payload: string; signature?: string }) =>
  township.app.inject({
    ...{ method: 'POST', url: '/api/stripe/webhook', payload },
    headers: { 'content-type': 'application/json', ...(signature && { 'stripe-signature': signature }) },
  });
const deliverAll = async () => {
  for (const event of stripe.events) expect((await knock(FakeStripe.signed(event))).statusCode).toBe(200);
};

test('nothing goes abroad before the buyer has ticked that it may', async () => {
  const before = stripe.requests.length;
  for (const body of [{}, { consent: false }, { consent: 'yes' }, { consent: true, amountFen: 1 }]) {
    const answer = await township.post(`${show()}/my-payment`, mei, body);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'malformed']);
  }
  expect((await mine(mei)).online).toEqual(['card', 'alipay', 'wechat_pay']);
  expect(stripe.requests.length).toBe(before);
});

test('two lots of one buyer, paid at once from twenty tabs, are one charge and two leaves of the platform', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => pay(mei)));
  const urls = answers.map((answer) => wire.payingOnline.parse(answer.json()).payUrl);
  expect([answers.map(({ statusCode }) => statusCode), new Set(urls).size]).toEqual([Array(20).fill(201), 1]);
  expect(urls.map((url) => stripe.pay(url)).filter((one) => one === 'paid')).toEqual(['paid']);
  await deliverAll();
  await deliverAll();
  expect(stripe.charged.length).toBe(1);
  const txn = createHash('sha256').update(stripe.charged[0]!.id).digest('base64');
  const [row] = await township.database.dataSource.query(`SELECT * FROM orders WHERE state = 'paid'`);
  expect(row.consent_at).toBeInstanceOf(Date);
  const evidence = row.answer_hash.toString('base64');
  expect(await leaves('sale.paid')).toMatchObject([
    { by: 'platform', body: { sale: 'S1', amountFen: 5_000, channel: 'stripe', txn, evidence } },
    { by: 'platform', body: { sale: 'S2', amountFen: 5_000, channel: 'stripe', txn, evidence } },
  ]);
  const { bill, orders } = await mine(mei);
  expect([bill.dueFen, bill.paidFen, orders.map(({ state }) => state)]).toEqual([0, 10_000, ['paid']]);
  expect((await pay(mei)).json().code).toBe('already-paid');
});

test('Stripe’s answer is kept for host and officer, and its hash is the one in the log', async () => {
  const { orders } = wire.onlineOrderList.parse((await township.get(`${show()}/orders`, host)).json());
  const evidence = await township.get(`${show()}/orders/${orders[0]!.order}/evidence`, officer);
  expect(evidence.headers).toMatchObject({ 'cache-control': 'private, no-store' });
  const hash = createHash('sha256').update(evidence.rawPayload).digest('base64');
  expect((await leaves('sale.paid'))[0]!.body).toMatchObject({ evidence: hash });
  expect(evidence.json()).toMatchObject({ status: 'succeeded', amount_received: 10_000, currency: 'cny' });
});

test('a part goes back by a leaf, never more than came in, and the books follow', async () => {
  const [{ order }] = (await mine(mei)).orders as [wire.OnlineOrder];
  const ask = (amountFen: number) =>
    township.post(`${show()}/orders/${order}/refunds`, officer, {
      refund: randomUUID(),
      sale: 'S1',
      amountFen,
    });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(1_500)));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([
    200, 200, 200, 422, 422, 422, 422, 422,
  ]);
  expect([(await leaves('sale.refunded')).length, stripe.givenBackFen()]).toEqual([3, 4_500]);
  await deliverAll();
  expect((await mine(mei)).orders[0]!.refundedFen).toBe(4_500);
});

test('above what one person may give back another says so too, and everybody who keeps money sees what waits', async () => {
  const [{ order }] = (await mine(mei)).orders as [wire.OnlineOrder];
  const path = `${show()}/orders/${order}/refunds`;
  const ask = async (sale: string, amountFen: number) => {
    const answer = await township.post(path, officer, { refund: randomUUID(), sale, amountFen });
    return wire.refund.parse(answer.json());
  };
  const waiting = async (who: Who) =>
    wire.onlineOrderList.parse((await township.get(`${show()}/orders`, who)).json()).waiting;
  const decide = (who: Who, { refund }: wire.Refund, confirm: boolean) =>
    township.post(`${path}/${refund}/decision`, who, { confirm });
  const [whole, other] = [await ask('S1', 500), await ask('S2', 4_501)];
  expect([whole.state, other.state, stripe.givenBackFen()]).toEqual(['waiting', 'waiting', 4_500]);
  expect(await waiting(host)).toMatchObject([
    { refund: whole.refund, order, sale: 'S1', paddle: 1, amountFen: 500, askedBy: '老郑', mine: false },
    { refund: other.refund, sale: 'S2', amountFen: 4_501, mine: false },
  ]);
  expect((await waiting(officer)).map((one) => one.mine)).toEqual([true, true]);
  expect((await mine(mei)).orders[0]!.refundedFen).toBe(4_500);
  expect((await decide(officer, whole, true)).json().code).toBe('same-person');
  expect((await decide(host, whole, true)).json()).toEqual({ ...whole, state: 'given' });
  expect((await decide(host, other, false)).json()).toEqual({ ...other, state: 'dropped' });
  expect((await decide(host, other, true)).json().code).toBe('already-decided');
  expect([await waiting(host), stripe.givenBackFen()]).toEqual([[], 5_000]);
  expect((await leaves('sale.refunded')).at(-1)).toMatchObject({ by: 'officer', body: { sale: 'S1' } });
  expect((await mine(mei)).orders[0]!.refundedFen).toBe(5_000);
});

test('by hand and online never pay the same sale: each asks the other to let go first', async () => {
  const page = wire.payingOnline.parse((await pay(li)).json());
  const money = { sales: ['S3', 'S4'], amountFen: 10_000, channel: 'transfer', reference: '工行 8812' };
  const byHand = { ...money, freshWord: 'by-phone' };
  const recorded = await township.post(`${show()}/payments`, host, byHand);
  expect([recorded.statusCode, stripe.pay(page.payUrl)]).toEqual([201, 'closed']);
  expect((await pay(li)).json().code).toBe('payment-pending');
  const { paidByHand, orders } = await mine(li);
  expect([paidByHand[0]!.state, orders.map(({ state }) => state)]).toEqual(['recorded', ['closed']]);
  await township.post(`${show()}/payments/${recorded.json().id}/decision`, officer, { confirm: false });
  const again = wire.payingOnline.parse((await pay(li)).json());
  expect(stripe.pay(again.payUrl)).toBe('paid');
  // Nobody has told us yet: recording by hand asks Stripe first, and finds the money.
  const late = await township.post(`${show()}/payments`, host, { ...byHand, reference: '工行 8813' });
  expect([late.statusCode, (await mine(li)).bill.dueFen]).toEqual([409, 0]);
  expect(stripe.charged.length).toBe(2);
});

test('a payment by hand that its buyer disputes is not confirmed before a second person has looked', async () => {
  const money = { sales: ['S5', 'S6'], amountFen: 10_000, channel: 'cash', reference: '收据 9' };
  const byHand = { ...money, freshWord: 'in-person' };
  const { id } = (await township.post(`${show()}/payments`, host, byHand)).json();
  const says = { reason: 'other-payer', note: '不是我付的' };
  const dispute = (who: Who) => township.post(`${show()}/payments/${id}/dispute`, who, says);
  expect((await dispute(mei)).statusCode).toBe(403);
  expect((await dispute(lin)).json()).toMatchObject({
    kind: 'disputed',
    reason: 'other-payer',
    note: '不是我付的',
    mine: true,
  });
  expect((await dispute(host)).json().code).toBe('payment-disputed');
  const decide = () => township.post(`${show()}/payments/${id}/decision`, officer, { confirm: true });
  expect((await decide()).json().code).toBe('payment-disputed');
  expect((await mine(lin)).paidByHand).toMatchObject([{ id, state: 'recorded', disputed: 'other-payer' }]);
  const { cases } = wire.paymentCaseList.parse(
    (await township.get(`${show()}/payment-cases`, officer)).json(),
  );
  const outcome = (who: Who) =>
    township.post(`${show()}/payment-cases/${cases[0]!.id}/outcome`, who, {
      outcome: '本人来电确认是家人代付',
    });
  expect([(await outcome(lin)).statusCode, (await outcome(officer)).statusCode]).toEqual([403, 200]);
  expect((await outcome(host)).json().code).toBe('already-decided');
  expect((await decide()).json().state).toBe('confirmed');
});

test('a webhook without a signature, or with another’s, is refused; one of an unknown order must come again', async () => {
  const event = stripe.event('checkout.session.completed', { id: 'cs_1', metadata: { order: randomUUID() } });
  const { payload, signature } = FakeStripe.signed(event);
  expect((await knock({ payload })).statusCode).toBe(400);
  expect((await knock({ payload: `${payload} `, signature })).statusCode).toBe(400);
  expect((await knock(FakeStripe.signed(event, 0, 'whsec_other'))).statusCode).toBe(400);
  expect((await knock({ payload, signature })).statusCode).toBe(500);
});

test('everybody who may not see or move money is refused, on every route and for every foreign order', async () => {
  const { moderator, otherHost, operator, foreignHost, foreignOfficer } = township.people;
  const [{ order }] = (await mine(mei)).orders as [wire.OnlineOrder];
  const elsewhere = (await township.post('/api/shows', host, { title: '另一场' })).json().showId as string;
  const ask = { refund: randomUUID(), sale: 'S1', amountFen: 1 };
  const someCase = randomUUID();
  const staff: [string, (who: Who) => ReturnType<TownshipApp['get']>][] = [
    ['orders', (who) => township.get(`${show()}/orders`, who)],
    ['evidence', (who) => township.get(`${show()}/orders/${order}/evidence`, who)],
    ['refund', (who) => township.post(`${show()}/orders/${order}/refunds`, who, ask)],
    [
      'decision',
      (who) =>
        township.post(`${show()}/orders/${order}/refunds/${someCase}/decision`, who, { confirm: true }),
    ],
    ['cases', (who) => township.get(`${show()}/payment-cases`, who)],
    ['outcome', (who) => township.post(`${show()}/payment-cases/${someCase}/outcome`, who, { outcome: 'x' })],
  ];
  const buyers: typeof staff = [
    ['my payment', (who) => township.get(`${show()}/my-payment`, who)],
    ['pay', pay],
    ['look', (who) => township.post(`${show()}/my-payment/look`, who)],
  ];
  const nobody = [null, moderator, otherHost, operator, foreignHost, foreignOfficer];
  const cells: [typeof staff, Who[]][] = [
    [staff, [...nobody, mei, li]],
    [[staff[2]!], [host]],
    [buyers, [...nobody, host, officer]],
  ];
  let refused = 0;
  for (const [routes, people] of cells) {
    for (const [name, route] of routes) {
      for (const who of people) {
        expect([name, who, (await route(who)).statusCode]).toEqual([name, who, who === null ? 401 : 403]);
        refused += 1;
      }
    }
  }
  const foreign = [
    await township.post(`/api/shows/${elsewhere}/orders/${order}/refunds`, officer, ask),
    await township.get(`/api/shows/${elsewhere}/orders/${order}/evidence`, officer),
    await township.post(`/api/shows/${elsewhere}/orders/${order}/refunds/${someCase}/decision`, host, {
      confirm: true,
    }),
    await township.post(`${show()}/orders/${order}/refunds/${someCase}/decision`, host, { confirm: true }),
    await township.post(`${show()}/orders/${randomUUID()}/refunds`, officer, ask),
    await township.get(`${show()}/orders/${randomUUID()}/evidence`, host),
    await township.post(`${show()}/payment-cases/${someCase}/outcome`, officer, { outcome: 'x' }),
  ];
  for (const answer of foreign) expect([answer.statusCode, answer.json().code]).toEqual([404, 'not-found']);
  const strangers = [
    await pay(await township.buyer('过客', showId)),
    await township.get(`/api/shows/${elsewhere}/my-payment`, mei),
  ];
  for (const answer of strangers) expect(answer.json().code).toBe('no-paddle');
  refused += foreign.length + strangers.length;
  process.stdout.write(`refused payments: ${refused} asked, ${refused} refused\n`);
  expect(refused).toBe(82);
});
