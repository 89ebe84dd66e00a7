import { randomUUID } from 'node:crypto';
import { membersEntities, membersMigrations, Vault } from '@qingpai/members';
import { reasonOf, seedSiqiao, serviceOn, vaultKey } from '@qingpai/members/testing';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { type CaseKind } from '@qingpai/wire';
import { Bills } from '../bills.js';
import { Cases } from '../cases.js';
import { OnlineDeposits } from '../deposits/onlineDeposits.js';
import { paymentsEntities } from '../entities.js';
import { FreshWords } from '../freshWords.js';
import { Parcels } from '../parcels.js';
import { Means } from '../means.js';
import { paymentsMigrations } from '../migrations/index.js';
import { FakeStripe, type FakeEvent } from '../testing/fakeStripe.js';
import { Hall, noDeposits } from '../testing/hall.js';
import { Knocks } from './knocks.js';
import { OnlineOrders } from './orders.js';
import { OnlineRefunds } from './refunds.js';

const showId = '20261124-01';
const backTo = 'https://market.example/pay/20261124-01';

let database: TestDatabase;
let stripe: FakeStripe;
let hall: Hall;
let members: ReturnType<typeof serviceOn>['members'];
let officer: string;
let host: string;
let told: CaseKind[] = [];
let nowMs = () => Date.now();

/** The same payments as another server would have them. */
type Till = ReturnType<typeof till>;
function till() {
  const db = database.dataSource;
  const clock = () => nowMs();
  const provider = stripe.provider();
  const ground = {
    db,
    members,
    sales: hall,
    provider,
    nowMs: clock,
    vault: new Vault(vaultKey),
    means: new Means(),
  };
  const cases = new Cases({ ...ground, tell: (kind) => told.push(kind) });
  const bills = new Bills(hall, members, new Parcels(ground), new FreshWords(ground));
  const orders = new OnlineOrders({ ...ground, bills, cases });
  const refunds = new OnlineRefunds({ ...ground, cases });
  const deposits = new OnlineDeposits({ ...ground, deposits: noDeposits, cases });
  return { cases, orders, refunds, knocks: new Knocks({ ...ground, orders, refunds, deposits, cases }) };
}

let here: Till;
let there: Till;

beforeAll(async () => {
  database = await testDatabase({
    entities: [...membersEntities, ...paymentsEntities],
    migrations: [...membersMigrations, ...paymentsMigrations],
  });
  ({ members } = serviceOn(database));
  const people = await seedSiqiao(members);
  [officer, host] = [people.officer.memberId, people.host.memberId];
  stripe = await FakeStripe.open();
  hall = new Hall(database.dataSource);
  [here, there] = [till(), till()];
});
afterAll(async () => {
  await stripe.close();
  await database.close();
});
beforeEach(() => {
  told = [];
  nowMs = () => Date.now();
  hall.aloneFen = 5_800;
});
afterEach(() => stripe.lookBack(null));

let people = 0;
/** A buyer who owes so many sales of 58 yuan. */
async function buyer(sales = 1) {
  people += 1;
  const { memberId } = await members.waitFor(`买家${people}`, showId);
  const bidder = `bidder-${people}`;
  hall.buyers.push({ bidder, paddle: people + 7, memberId });
  const owed = Array.from({ length: sales }, () => hall.sell(bidder));
  return { memberId, bidder, owed, pay: (on = here) => on.orders.pay(showId, memberId, backTo) };
}
type Owing = Awaited<ReturnType<typeof buyer>>;

const orderOf = async ({ bidder }: Owing) => {
  const [row] = await database.dataSource.query(
    'SELECT * FROM orders WHERE bidder = $1 ORDER BY created_at DESC',
    [bidder],
  );
  return row;
};
const ofSales = ({ owed }: Owing) => hall.leaves.filter(({ sale }) => owed.includes(sale));
const chargedFor = ({ bidder }: Owing, orders: { id: string }[]) =>
  bidder
    ? stripe.charged.filter(({ metadata }) =>
        orders.some(({ id }) => id === (metadata as { order: string }).order),
      )
    : [];
const ordersOf = ({ bidder }: Owing): Promise<{ id: string; state: string }[]> =>
  database.dataSource.query('SELECT id, state FROM orders WHERE bidder = $1', [bidder]);

async function deliver(event: object, on = here) {
  const { payload, signature } = FakeStripe.signed(event);
  return on.knocks.hear(Buffer.from(payload), signature);
}
/** The SDK itself asks once more when a kept connection is cut. */
const asOften = <T extends string>(fault: T): T[] => (fault.startsWith('cut') ? [fault, fault] : [fault]);
/** What the fake has told of this order, in its order. */
const eventsOf = (order: string): FakeEvent[] =>
  stripe.events.filter(({ data }) => JSON.stringify(data).includes(order));

describe('a bill paid online', () => {
  it('is one order, one page and one charge of the whole bill, and ends as paid sales', async () => {
    const anna = await buyer(3);
    const { order, payUrl } = await anna.pay();
    expect(order.row).toMatchObject({ amountFen: 17_400, state: 'open' });
    expect(stripe.pay(payUrl)).toBe('paid');
    for (const event of eventsOf(order.row.id)) await deliver(event);
    expect((await orderOf(anna)).state).toBe('paid');
    expect(ofSales(anna).map(({ kind, amountFen }) => [kind, amountFen])).toEqual([
      ['paid', 5_800],
      ['paid', 5_800],
      ['paid', 5_800],
    ]);
    expect(await reasonOf(anna.pay())).toBe('already-paid');
  });

  it('sends abroad a number and an amount, and nothing of the buyer or what he bought', async () => {
    const anna = await buyer();
    await anna.pay();
    const { body } = stripe.requests.findLast(({ path }) => path === '/v1/checkout/sessions')!;
    const form = new URLSearchParams(body);
    for (const word of ['建兰', `买家${people}`, anna.bidder, anna.memberId, showId]) {
      expect(
        [...form.entries()]
          .filter(([key]) => !key.endsWith('_url'))
          .flat()
          .join(),
      ).not.toContain(word);
    }
    expect(form.get('line_items[0][price_data][unit_amount]')).toBe('5800');
    expect(form.get('line_items[0][price_data][currency]')).toBe('cny');
  });

  it('of twenty presses at once on two servers, with a crash between asking and writing down, is charged once', async () => {
    const anna = await buyer(2);
    stripe.breakNext(/POST .*sessions/, 'cut after', 'error after', 'silent after');
    const presses = Array.from({ length: 20 }, (_, n) => anna.pay(n % 2 ? here : there));
    const pages = (await Promise.allSettled(presses)).flatMap((one) =>
      one.status === 'fulfilled' ? one.value.payUrl : [],
    );
    const { payUrl } = await anna.pay(there);
    expect(new Set([...pages, payUrl]).size).toBe(1);
    const tabs = Array.from({ length: 20 }, () => stripe.pay(payUrl));
    expect(tabs.filter((one) => one === 'paid')).toEqual(['paid']);
    const { id } = (await ordersOf(anna))[0]!;
    const events = eventsOf(id);
    await Promise.allSettled([...events, ...events].map((event, n) => deliver(event, n % 2 ? here : there)));
    await here.orders.refresh(id);
    expect([await ordersOf(anna), chargedFor(anna, [{ id }]).length, ofSales(anna).length]).toEqual([
      [{ id, state: 'paid' }],
      1,
      2,
    ]);
  });

  it('grows with what he owes: the old page is closed before a new one opens', async () => {
    const anna = await buyer();
    const first = await anna.pay();
    anna.owed.push(hall.sell(anna.bidder, 1_200));
    const second = await anna.pay();
    expect(second.order.row.amountFen).toBe(7_000);
    expect(stripe.pay(first.payUrl)).toBe('closed');
    expect(stripe.pay(second.payUrl)).toBe('paid');
    await here.orders.refresh(second.order.row.id);
    expect((await ordersOf(anna)).map(({ state }) => state).sort()).toEqual(['closed', 'paid']);
  });

  it.each([
    ['declined', 'open'],
    ['breaks off 3DS', 'open'],
    ['after 3DS', 'paid'],
    ['delayed', 'processing'],
  ] as const)('that is %s stands as %s', async (how, state) => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl, how);
    for (const event of eventsOf(order.row.id)) await deliver(event);
    expect((await orderOf(anna)).state).toBe(state);
    if (how === 'delayed') expect(await reasonOf(anna.pay())).toBe('payment-pending');
    if (state === 'open') expect((await anna.pay()).payUrl).toBe(payUrl);
  });

  it.each([
    [true, 'paid'],
    [false, 'closed'],
  ])('delayed, and settled well: %s, ends as %s', async (isGood, state) => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl, 'delayed');
    await here.orders.refresh(order.row.id);
    stripe.settle(payUrl, isGood);
    for (const event of eventsOf(order.row.id)) await deliver(event);
    expect((await orderOf(anna)).state).toBe(state);
  });

  it('that nobody told of is found by asking', async () => {
    const anna = await buyer();
    const { payUrl } = await anna.pay();
    stripe.pay(payUrl);
    nowMs = () => Date.now() + 120_000;
    expect(await here.orders.reconcile()).toBe(0);
    expect((await orderOf(anna)).state).toBe('paid');
  });

  it.each(['error before', 'error after', 'cut before', 'cut after', 'silent after'] as const)(
    'while the provider answers with “%s” is not known, and known later',
    async (fault) => {
      const anna = await buyer();
      stripe.breakNext(/POST .*sessions/, ...asOften(fault));
      expect(await reasonOf(anna.pay())).toBe('not-ready');
      const { payUrl } = await anna.pay();
      expect((await ordersOf(anna)).length).toBe(1);
      stripe.pay(payUrl);
      const { id } = (await ordersOf(anna))[0]!;
      stripe.breakNext(/GET .*sessions/, ...asOften(fault));
      expect(await reasonOf(deliver(eventsOf(id).at(-1)!))).toBe('not-ready');
      expect(await deliver(eventsOf(id).at(-1)!)).toBe('applied');
      expect((await orderOf(anna)).state).toBe('paid');
    },
  );

  it.each(['lost', 'lostAfter'] as const)('whose commit is %s is paid once all the same', async (fate) => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl);
    hall.fate = fate;
    const [event] = eventsOf(order.row.id).slice(-1);
    await deliver(event!).catch(() => undefined);
    await deliver(event!);
    expect([(await orderOf(anna)).state, ofSales(anna).length, told]).toEqual(['paid', 1, []]);
  });

  it('comes too late when its sale was undone: the money waits for people, and goes back whole', async () => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    hall.named(anna.owed[0]!).phase = 'voided';
    stripe.pay(payUrl);
    await here.orders.refresh(order.row.id);
    expect([(await orderOf(anna)).state, told]).toEqual(['stray', ['money-without-sale']]);
    const ask = (amountFen: number) =>
      here.refunds.ask(showId, order.row.id, officer, { refund: randomUUID(), amountFen });
    expect(await reasonOf(ask(1))).toBe('amount-differs');
    expect((await ask(5_800)).state).toBe('given');
    expect((await orderOf(anna)).state).toBe('returned');
  });
});

describe('what the provider tells by itself', () => {
  it('ends in the same state in each of the 120 orders of five events, read as late as each of them', async () => {
    const five = ['payment_intent.created', 'payment_intent.processing', 'checkout.session.completed',
      'payment_intent.succeeded', 'checkout.session.async_payment_succeeded']; // prettier-ignore
    const ends = new Set<string>();
    let orders = 0;
    for (const order of permutations(five)) {
      const anna = await buyer();
      const begun = await anna.pay();
      stripe.pay(begun.payUrl, 'delayed');
      stripe.settle(begun.payUrl, true);
      const events = eventsOf(begun.order.row.id);
      expect(events.map(({ type }) => type)).toEqual(five);
      for (const type of order) {
        const event = events.find((one) => one.type === type)!;
        // A replica that lags: what is read is as old as the event.
        stripe.lookBack(event);
        await deliver(event);
      }
      stripe.lookBack(null);
      const { state } = await orderOf(anna);
      ends.add(JSON.stringify([state, ofSales(anna).map(({ kind, amountFen }) => [kind, amountFen])]));
      orders += 1;
    }
    expect([orders, [...ends]]).toEqual([120, ['["paid",[["paid",5800]]]']]);
  }, 120_000);

  it('is applied once, however often it comes', async () => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl);
    const event = eventsOf(order.row.id).at(-1)!;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => deliver(event, n % 2 ? here : there)),
    );
    expect(answers.filter((one) => one === 'applied')).toEqual(['applied']);
    expect(await deliver(event)).toBe('again');
    expect(ofSales(anna).length).toBe(1);
    expect(
      await database.dataSource.query('SELECT times FROM provider_events WHERE id = $1', [event.id]),
    ).toEqual([{ times: 1 }]);
  });

  it('of an order that is not known must come again; of things that are not ours it is left out', async () => {
    const about = (order: string) =>
      stripe.event('checkout.session.completed', { id: 'cs_x', metadata: { order } });
    const unknown = about(randomUUID());
    const status = await deliver(unknown).catch((error: { status: number }) => error.status);
    expect(status).toBe(500);
    expect(
      await database.dataSource.query('SELECT applied_at FROM provider_events WHERE id = $1', [unknown.id]),
    ).toEqual([{ applied_at: null }]);
    expect(await deliver(about('another shop of theirs'))).toBe('ignored');
    expect(await deliver(stripe.event('payout.paid', { id: 'po_1' }))).toBe('ignored');
  });

  it('is refused when it is unsigned, changed, old, from the future, or signed by another', async () => {
    const event = stripe.event('payout.paid', { id: 'po_1' });
    const good = FakeStripe.signed(event);
    const hear = (payload: string, signature: string) =>
      reasonOf(here.knocks.hear(Buffer.from(payload), signature));
    expect(await hear(good.payload, good.signature)).toBe('nothing refused');
    for (const awayS of [-200, 200]) {
      const near = FakeStripe.signed(event, awayS);
      expect(await hear(near.payload, near.signature)).toBe('nothing refused');
    }
    const bad = [
      ['unsigned', good.payload, ''],
      ['changed', good.payload.replace('po_1', 'po_2'), good.signature],
      ...[-400, 400, 31_536_000].map((awayS) => {
        const { payload, signature } = FakeStripe.signed(event, awayS);
        return [`${awayS} s away`, payload, signature];
      }),
      ['a stranger', good.payload, FakeStripe.signed(event, 0, 'whsec_stranger').signature],
      ['two times', good.payload, good.signature.replace(/^/, `t=${Math.floor(Date.now() / 1_000)},`)],
      ['no JSON', 'not json', good.signature],
    ] as [string, string, string][];
    for (const [name, payload, signature] of bad) {
      expect([name, await hear(payload, signature)]).toEqual([name, 'bad-signature']);
    }
  });

  it.each([
    ['wrong-amount', { amount: 1 }],
    ['wrong-amount', { amount: 580_000 }],
    ['wrong-currency', { currency: 'usd' }],
  ] as const)('is never taken for paid with a %s (%j): people decide', async (kind, change) => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl);
    stripe.twist(payUrl, change);
    for (const event of eventsOf(order.row.id)) await deliver(event);
    expect([(await orderOf(anna)).state, told, ofSales(anna)]).toEqual(['open', [kind], []]);
    expect(await reasonOf(anna.pay())).toBe('payment-pending');
    const [found] = await here.cases.list(showId, officer);
    expect(found).toMatchObject({ kind, subject: order.row.id, raisedBy: null });
    await here.cases.settle(showId, found!.id, officer, '已在 Stripe 后台全额退回');
    expect((await orderOf(anna)).state).toBe('closed');
    expect((await anna.pay()).order.row.id).not.toBe(order.row.id);
  });

  it('of a second charge, a refund from elsewhere or a chargeback raises a case and changes nothing', async () => {
    const anna = await buyer();
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl);
    await here.orders.refresh(order.row.id);
    const { charge } = await orderOf(anna);
    await deliver(stripe.fromOutside(charge, 'refund.created'));
    await deliver(stripe.fromOutside(charge, 'charge.dispute.created'));
    stripe.twist(payUrl, { another: true });
    await deliver(stripe.events.at(-1)!);
    expect([(await orderOf(anna)).state, told, ofSales(anna).length]).toEqual([
      'paid',
      ['refund-elsewhere', 'chargeback', 'second-charge'],
      1,
    ]);
  });
});

describe('money that goes back', () => {
  async function paid(sales = 1) {
    const anna = await buyer(sales);
    const { order, payUrl } = await anna.pay();
    stripe.pay(payUrl);
    await here.orders.refresh(order.row.id);
    const ask = (amountFen: number, { refund = randomUUID(), sale = anna.owed[0]!, on = here } = {}) =>
      on.refunds.ask(showId, order.row.id, officer, { refund, sale, amountFen });
    return { ...anna, order, ask };
  }
  const backFen = (anna: Owing) =>
    ofSales(anna).reduce((sum, { kind, amountFen }) => sum + (kind === 'refunded' ? amountFen : 0), 0);

  it('in thirty parts at once on two servers never exceeds what came', async () => {
    const anna = await paid();
    const before = stripe.givenBackFen();
    const asks = Array.from({ length: 30 }, (_, n) => anna.ask(500, { on: n % 2 ? here : there }));
    const reasons = await Promise.all(asks.map(reasonOf));
    expect(reasons.filter((one) => one === 'nothing refused').length).toBe(11);
    expect(reasons.filter((one) => one === 'refund-above-paid').length).toBe(19);
    expect([backFen(anna), stripe.givenBackFen() - before]).toEqual([5_500, 5_500]);
    expect(await reasonOf(anna.ask(300))).toBe('nothing refused');
    expect(await reasonOf(anna.ask(1))).toBe('refund-above-paid');
  });

  it('asked for ten times under one number is given once, and the number stays with its amount', async () => {
    const anna = await paid();
    const refund = randomUUID();
    const asks = Array.from({ length: 10 }, (_, n) => anna.ask(700, { refund, on: n % 2 ? here : there }));
    await Promise.allSettled(asks);
    expect([(await anna.ask(700, { refund })).state, backFen(anna)]).toEqual(['given', 700]);
    expect(await reasonOf(anna.ask(701, { refund }))).toBe('id-reused');
  });

  it('above what one person may give waits for a second one, also when it is asked for in small pieces at once', async () => {
    const anna = await paid();
    hall.aloneFen = 1_000;
    const asks = Array.from({ length: 6 }, (_, n) => anna.ask(400, { on: n % 2 ? here : there }));
    const states = (await Promise.all(asks)).map(({ state }) => state);
    expect(states.sort()).toEqual(['given', 'given', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(backFen(anna)).toBe(800);
    // What waits counts as gone for whoever asks.
    expect(await reasonOf(anna.ask(3_401))).toBe('refund-above-paid');

    const waiting = await here.refunds.waitingOf(showId, host);
    expect(waiting.map(({ amountFen, mine }) => [amountFen, mine])).toEqual(Array(4).fill([400, false]));
    const [first, second] = waiting.map(({ refund }) => refund);
    const decide = (refund: string, memberId: string, confirm = true, on = here) =>
      on.refunds.decide({ showId, orderId: anna.order.row.id, memberId }, refund, confirm);
    expect(await reasonOf(decide(first!, officer))).toBe('same-person');
    const bert = await paid();
    const elsewhere = { showId, orderId: bert.order.row.id, memberId: host };
    expect(await reasonOf(here.refunds.decide(elsewhere, first!, true))).toBe('not-found');
    const both = await Promise.all([decide(first!, host), decide(first!, host, true, there)].map(reasonOf));
    expect(both.sort()).toEqual(['already-decided', 'nothing refused']);
    expect(backFen(anna)).toBe(1_200);

    // A no frees what it held, and is the end of it.
    expect((await decide(second!, host, false)).state).toBe('dropped');
    expect(await reasonOf(decide(second!, host))).toBe('already-decided');
    expect(await reasonOf(anna.ask(3_801))).toBe('refund-above-paid');
    expect((await anna.ask(3_800)).state).toBe('waiting');
    expect([await here.refunds.reconcile(), backFen(anna)]).toEqual([0, 1_200]);
  });

  it('on a claim that was granted is given at once: its persons were there already', async () => {
    const anna = await paid();
    hall.aloneFen = 1_000;
    const ask = { refund: randomUUID(), sale: anna.owed[0]!, amountFen: 5_800, claim: 'C1' };
    expect((await here.refunds.ask(showId, anna.order.row.id, officer, ask)).state).toBe('given');
  });

  it('whose provider is silent after the second person’s word is given once, later', async () => {
    const anna = await paid();
    hall.aloneFen = 0;
    const { refund } = await anna.ask(900);
    stripe.breakNext(/POST .*refunds/, 'silent after');
    const word = { showId, orderId: anna.order.row.id, memberId: host };
    expect(await reasonOf(here.refunds.decide(word, refund, true))).toBe('not-ready');
    nowMs = () => Date.now() + 120_000;
    expect(await there.refunds.reconcile()).toBe(0);
    expect([(await here.refunds.refresh(refund)).state, backFen(anna)]).toEqual(['given', 900]);
  });

  it('of another sale, another show, or before it was paid is refused', async () => {
    const anna = await paid();
    const bert = await buyer();
    const { order } = await bert.pay();
    expect(await reasonOf(anna.ask(1, { sale: bert.owed[0]! }))).toBe('unknown-sale');
    const ask = { refund: randomUUID(), sale: bert.owed[0]!, amountFen: 1 };
    expect(await reasonOf(here.refunds.ask(showId, order.row.id, officer, ask))).toBe('not-paid');
    expect(await reasonOf(here.refunds.ask('20261124-02', anna.order.row.id, officer, ask))).toBe(
      'not-found',
    );
  });

  it.each(['error before', 'error after', 'cut after', 'silent after'] as const)(
    'while the provider answers with “%s” is given once, later',
    async (fault) => {
      const anna = await paid();
      stripe.breakNext(/POST .*refunds/, ...asOften(fault));
      const refund = randomUUID();
      expect(await reasonOf(anna.ask(900, { refund }))).toBe('not-ready');
      // Meanwhile it counts: nobody else gives it away.
      expect(await reasonOf(anna.ask(5_000))).toBe('refund-above-paid');
      nowMs = () => Date.now() + 120_000;
      expect(await there.refunds.reconcile()).toBe(0);
      expect([(await anna.ask(900, { refund })).state, backFen(anna)]).toEqual(['given', 900]);
    },
  );

  it.each(['lost', 'lostAfter'] as const)('whose commit is %s is in the log once', async (fate) => {
    const anna = await paid();
    const refund = randomUUID();
    hall.fate = fate;
    await anna.ask(800, { refund }).catch(() => undefined);
    expect([(await anna.ask(800, { refund })).state, backFen(anna)]).toEqual(['given', 800]);
  });
});

test('the database itself refuses a second order of a sale, another amount, and deleting either', async () => {
  const anna = await buyer();
  await anna.pay();
  const { dataSource } = database;
  for (const act of [
    'UPDATE orders SET amount_fen = 1',
    'DELETE FROM orders',
    'DELETE FROM provider_events',
  ]) {
    await expect(dataSource.query(act)).rejects.toThrow('permission denied');
  }
  const other = `INSERT INTO orders SELECT gen_random_uuid(), show_id, bidder, amount_fen, 'open', return_url, consent_at,
    created_at, expires_at FROM orders WHERE bidder = '${anna.bidder}' RETURNING id`;
  const [{ id }] = (await dataSource.query(other)) as [{ id: string }];
  await expect(
    dataSource.query(`INSERT INTO order_sales VALUES ('${id}', '${anna.owed[0]}', '${showId}', 5800, false)`),
  ).rejects.toThrow('order_sales_once');
});

function permutations<T>(of: readonly T[]): T[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((one, n) => permutations(of.filter((_, m) => m !== n)).map((rest) => [one, ...rest]));
}
