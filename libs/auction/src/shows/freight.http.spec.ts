import { randomUUID } from 'node:crypto';
import { OnlinePayments, paymentsInvariants } from '@qingpai/payments';
import { FakeStripe } from '@qingpai/payments/testing';
import * as wire from '@qingpai/wire';
import { invariants, rowsAgainst } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, type Who, townshipApp } from '../testing/townshipApp.js';

const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
};
const home = {
  ...{ how: 'parcel', name: '林小梅', phone: '13900000003', province: '35' },
  ...{ city: '宁德市周宁县', address: '狮城镇兴业路 7 号' },
};

let township: TownshipApp;
let stripe: FakeStripe;
let showId: string;
let [host, officer] = ['', ''];
/** Two lots each, at 50 yuan. */
let [mei, li] = ['', ''];

beforeAll(async () => {
  stripe = await FakeStripe.open();
  township = await townshipApp({ provider: stripe.provider() });
  ({ host, officer } = township.people);
  mei = await township.phoneBuyer('阿梅', '13900000003');
  showId = await newShow();
  li = await township.buyer('老李', showId);
  await sellTwoEach(showId, [mei, li]);
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

async function newShow(): Promise<string> {
  const id = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId as string;
  for (let n = 1; n <= 4; n += 1)
    await township.post(`/api/shows/${id}/lots`, host, { ...draft, title: `绣球 ${n}` });
  const desk = await township.desks.of(id);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  return id;
}
async function sellTwoEach(id: string, people: readonly string[]): Promise<void> {
  const desk = await township.desks.of(id);
  for (const [k, who] of people.entries()) {
    const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${who}`))!;
    const one = await township.store.newcomer(id, memberId);
    await desk.register({ ...one, kind: 'buyer' }, township.store.seat(id, memberId));
    for (const lot of [`L${2 * k + 1}`, `L${2 * k + 2}`]) {
      await done(desk.command({ by: 'host', name: 'offer', lot }));
      await done(desk.bid(bidOf(5_000, { lot }), { bidder: one.bidder }));
      await until(() => desk.state.lots[lot]!.phase === 'hammered');
    }
  }
  await done(desk.command({ by: 'host', name: 'close' }));
}
const at = (path: string, id = showId) => `/api/shows/${id}/${path}`;
const mine = async (who: Who, id = showId) =>
  wire.myPayment.parse((await township.get(at('my-payment', id), who)).json());
const codeOf = (answer: { json(): unknown }) => (answer.json() as { code?: string }).code ?? 'ok';
const paidLeaves = async () => {
  const desk = await township.desks.of(showId);
  const all = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  return all.filter(({ type }) => type === 'sale.paid' || type === 'sale.refunded').map(({ body }) => body);
};
/** The provider's word is asked for. */
const look = (who: Who) => township.post(at('my-payment/look'), who);

test('a new show has a table of freight, and no bill can be paid online before its buyer said where to', async () => {
  const { bill, freightTable, offered } = await mine(mei);
  const { table } = wire.showFreight.parse((await township.get(at('freight'), null)).json());
  expect(freightTable).toEqual(table);
  const feeTo = (name: string) =>
    (table === 'none' ? [] : table.places).find(({ zh }) => zh === name)?.feeFen;
  expect(['福建', '北京', '西藏'].map(feeTo)).toEqual([800, 1_800, null]);
  expect([bill.freight.state, bill.parcel, offered]).toEqual(['needs-parcel', 'none', 'none']);
  expect(codeOf(await township.post(at('my-payment'), mei, { consent: true }))).toBe('fresh-unconfirmed');
  await township.post(at('my-parcel/fresh'), mei);
  expect(codeOf(await township.post(at('my-payment'), mei, { consent: true }))).toBe('parcel-needed');
});

test('where nothing is sent is refused, and so is a parcel of who has no paddle', async () => {
  expect(codeOf(await township.put(at('my-parcel'), mei, { parcel: { ...home, province: '54' } }))).toBe(
    'not-served',
  );
  const stranger = await township.phoneBuyer('小林', '13900000009');
  expect(codeOf(await township.put(at('my-parcel'), stranger, { parcel: home }))).toBe('no-paddle');
  expect(codeOf(await township.put(at('my-parcel'), host, { parcel: home }))).toBe('not-allowed');
});

test('he is shown what he gave with stars, and pays his lots and one freight in one payment', async () => {
  const kept = await township.put(at('my-parcel'), mei, { parcel: home });
  expect(kept.json()).toEqual({ how: 'parcel', name: '林**', phone: '139****0003', place: '福建 宁德***' });
  const { bill } = await mine(mei);
  expect(bill).toMatchObject({ dueFen: 10_000, freight: { state: 'due', feeFen: 800 }, totalDueFen: 10_800 });
  const paying = wire.payingOnline.parse(
    (await township.post(at('my-payment'), mei, { consent: true })).json(),
  );
  expect(paying.order.amountFen).toBe(10_800);
  expect(stripe.pay(paying.payUrl)).toBe('paid');
  await look(mei);
  expect(await paidLeaves()).toMatchObject([
    { sale: 'S1' },
    { sale: 'S2', amountFen: 5_000, freightFen: 800 },
  ]);
  expect((await mine(mei)).bill).toMatchObject({ totalDueFen: 0, freight: { state: 'paid', feeFen: 800 } });
});

test('once it is paid he cannot send it where the freight is another', async () => {
  expect(codeOf(await township.put(at('my-parcel'), mei, { parcel: { ...home, province: '11' } }))).toBe(
    'parcel-fixed',
  );
  expect(
    codeOf(await township.put(at('my-parcel'), mei, { parcel: { ...home, address: '兴业路 9 号' } })),
  ).toBe('ok');
});

test('freight goes back with the refund by which all of it is given back', async () => {
  const { orders } = await mine(mei);
  const back = (sale: string) =>
    township.post(at(`orders/${orders[0]!.order}/refunds`), officer, {
      ...{ refund: randomUUID(), sale, amountFen: 5_000 },
    });
  expect((await back('S1')).json().state).toBe('given');
  // With the freight it is more than one person may give back.
  const { refund, state } = (await back('S2')).json();
  expect([state, (await paidLeaves()).length]).toEqual(['waiting', 3]);
  const decision = at(`orders/${orders[0]!.order}/refunds/${refund}/decision`);
  expect((await township.post(decision, host, { confirm: true })).json().state).toBe('given');
  expect((await paidLeaves()).slice(2)).toMatchObject([
    { sale: 'S1', amountFen: 5_000 },
    { sale: 'S2', amountFen: 5_000, freightFen: 800 },
  ]);
  expect((await paidLeaves())[2]).not.toHaveProperty('freightFen');
  expect((await mine(mei)).orders[0]!.refundedFen).toBe(10_800);
});

test('by hand freight is paid as the bill says; of who gave no address it is one of the table', async () => {
  const record = (freightFen: number, reference: string) =>
    township.post(at('payments'), host, {
      ...{ sales: ['S3', 'S4'], amountFen: 10_000 + freightFen, channel: 'transfer', reference },
      ...(freightFen > 0 && { freightFen }),
      freshWord: 'by-phone',
    });
  expect(codeOf(await record(700, 'T1'))).toBe('freight-differs');
  await township.put(at('my-parcel'), li, { parcel: { ...home, province: '11' } });
  expect(codeOf(await record(800, 'T2'))).toBe('freight-differs');
  const recorded = await record(1_800, 'T3');
  expect(codeOf(recorded)).toBe('ok');
  const { id } = recorded.json() as { id: string };
  await township.post(at(`payments/${id}/decision`), officer, { confirm: true });
  expect((await paidLeaves()).at(-1)).toMatchObject({ sale: 'S4', amountFen: 5_000, freightFen: 1_800 });
});

describe('freight that came another way than the last of the goods go back', () => {
  const poll = () => township.app.get(OnlinePayments).reconcile();
  const leaves = async (id: string) => {
    const desk = await township.desks.of(id);
    return Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  };
  const refunded = async (id: string) => (await leaves(id)).filter(({ type }) => type === 'sale.refunded');
  const online = async (id: string) => {
    await township.post(at('my-parcel/fresh', id), mei);
    const asked = await township.post(at('my-payment', id), mei, { consent: true });
    const paying = wire.payingOnline.parse(asked.json());
    expect(stripe.pay(paying.payUrl)).toBe('paid');
    await township.post(at('my-payment/look', id), mei);
    return paying.order.order;
  };
  const byHand = async (id: string, sale: string, freightFen: number) => {
    const money = { sales: [sale], amountFen: 5_000 + freightFen, channel: 'cash', reference: `IN ${id}` };
    const body = { ...money, freshWord: 'in-person' };
    const more = freightFen > 0 ? { freightFen } : {};
    const recorded = await township.post(at('payments', id), host, { ...body, ...more });
    const { id: payment } = recorded.json<{ id: string }>();
    const decided = await township.post(at(`payments/${payment}/decision`, id), officer, { confirm: true });
    expect(codeOf(decided)).toBe('ok');
  };
  const backOnline = (id: string, order: string, sale: string) =>
    township.post(at(`orders/${order}/refunds`, id), officer, {
      ...{ refund: randomUUID(), sale, amountFen: 5_000 },
    });
  const askByHand = (id: string, sale: string, amountFen: number) =>
    township.post(at('hand-refunds', id), host, {
      ...{ refund: randomUUID(), sale, amountFen, channel: 'cash', reference: randomUUID() },
    });
  const backByHand = async (id: string, sale: string, amountFen: number) => {
    const asked = wire.handRefund.parse((await askByHand(id, sale, amountFen)).json());
    if (asked.state === 'given') return asked;
    const decided = await township.post(at(`hand-refunds/${asked.refund}/decision`, id), officer, {
      confirm: true,
    });
    return wire.handRefund.parse(decided.json());
  };
  const freightsByHand = async (id: string) =>
    wire.handRefundList.parse((await township.get(at('hand-refunds', id), host)).json()).freights;

  /** 阿梅 wins two lots, and pays one online and one by hand: which of them comes first, brings the freight along. */
  async function evening(first: 'online' | 'by hand'): Promise<{ id: string; order: string }> {
    const id = (await township.post('/api/shows', host, { title: '两样付', rules })).json().showId as string;
    for (const n of [1, 2]) await township.post(at('lots', id), host, { ...draft, title: `绣球 ${n}` });
    const desk = await township.desks.of(id);
    await done(desk.command({ by: 'host', name: 'seal' }));
    await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
    const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${mei}`))!;
    const one = await township.store.newcomer(id, memberId);
    await desk.register({ ...one, kind: 'buyer' }, township.store.seat(id, memberId));
    await township.put(at('my-parcel', id), mei, { parcel: home });
    let order = '';
    for (const lot of ['L1', 'L2']) {
      await done(desk.command({ by: 'host', name: 'offer', lot }));
      await done(desk.bid(bidOf(5_000, { lot }), { bidder: one.bidder }));
      await until(() => desk.state.lots[lot]!.phase === 'hammered');
      const isOnline = (lot === 'L1') === (first === 'online');
      if (isOnline) order = await online(id);
      else await byHand(id, lot === 'L1' ? 'S1' : 'S2', lot === 'L1' ? 800 : 0);
    }
    await done(desk.command({ by: 'host', name: 'close' }));
    return { id, order };
  }

  test('by itself and alone, when it came online and the last went by hand', async () => {
    const { id, order } = await evening('online');
    expect(codeOf(await backOnline(id, order, 'S1'))).toBe('ok');
    await poll();
    expect(await refunded(id)).toHaveLength(1);
    expect(await backByHand(id, 'S2', 5_000)).toMatchObject({ state: 'given', freightFen: 0 });
    const before = stripe.givenBackFen();
    expect(await poll()).toBe(0);
    expect(await poll()).toBe(0);
    const all = await refunded(id);
    expect(all).toHaveLength(3);
    expect(all[2]).toMatchObject({
      by: 'platform',
      body: { sale: 'S1', amountFen: 0, freightFen: 800, channel: 'stripe' },
    });
    expect(stripe.givenBackFen() - before).toBe(800);
    expect((await mine(mei, id)).orders[0]!.refundedFen).toBe(5_800);
    expect(await freightsByHand(id)).toEqual([]);
    expect(codeOf(await askByHand(id, 'S2', 0))).toBe('freight-stays');
  });

  test('by a person who writes it down, when it came by hand and the last went online', async () => {
    const { id, order } = await evening('by hand');
    expect(codeOf(await askByHand(id, 'S1', 0))).toBe('freight-stays');
    expect(await backByHand(id, 'S1', 5_000)).toMatchObject({ state: 'given', freightFen: 0 });
    expect(codeOf(await backOnline(id, order, 'S2'))).toBe('ok');
    await poll();
    expect(await refunded(id)).toHaveLength(2);
    expect(await freightsByHand(id)).toEqual([{ paddle: 1, freightFen: 800 }]);
    const alone = { state: 'given', amountFen: 0, freightFen: 800 };
    expect(await backByHand(id, 'S1', 0)).toMatchObject(alone);
    expect((await refunded(id)).at(-1)).toMatchObject({
      body: { sale: 'S1', amountFen: 0, freightFen: 800, channel: 'cash' },
    });
    expect(await freightsByHand(id)).toEqual([]);
  });

  test('by hand after all, when the provider refuses it: a case tells people so', async () => {
    const { id, order } = await evening('online');
    expect(codeOf(await backOnline(id, order, 'S1'))).toBe('ok');
    await backByHand(id, 'S2', 5_000);
    stripe.breakNext(/POST .*refunds/, 'refused');
    await poll();
    await poll();
    expect(await refunded(id)).toHaveLength(2);
    const { cases } = wire.paymentCaseList.parse(
      (await township.get(at('payment-cases', id), officer)).json(),
    );
    expect(cases).toMatchObject([{ kind: 'refund-unlogged', subject: order, settledAtMs: null }]);
    expect(await freightsByHand(id)).toEqual([{ paddle: 1, freightFen: 800 }]);
    expect(await backByHand(id, 'S2', 0)).toMatchObject({ state: 'given', freightFen: 800 });
    await poll();
    expect((await refunded(id)).map(({ body }) => 'freightFen' in body)).toEqual([false, false, true]);
  });
});

test('addresses in the clear are for who packs, and that he read them is written down', async () => {
  for (const who of [mei, li, township.people.foreignHost, township.people.moderator]) {
    expect(codeOf(await township.post(at('packing-list'), who))).toBe('not-allowed');
  }
  const { parcels } = wire.packingList.parse((await township.post(at('packing-list'), host)).json());
  const { how, name, phone, city, address } = home;
  expect(parcels).toEqual([
    { paddle: 2, how, name, phone, place: '北京', city, address, lots: ['003', '004'] },
  ]);
  const readings = await township.database.dataSource.query(`SELECT show_id, parcels FROM parcel_readings`);
  expect(readings).toEqual([{ show_id: showId, parcels: 1 }]);
});

test('nothing of an address lies open in the database, and with its person it is gone', async () => {
  const { dataSource } = township.database;
  const [{ found }] = await dataSource.query(
    `SELECT count(*)::int AS found FROM parcels WHERE position('兴业路'::bytea IN sealed) > 0 OR sealed_for IS NULL`,
  );
  expect(found).toBe(0);
  const again = await newShow();
  await sellTwoEach(again, [mei]).catch(() => undefined);
  expect((await mine(mei, again)).offered).toMatchObject({ name: '林**', place: '福建 宁德***' });
  expect(codeOf(await township.put(at('my-parcel', again), mei, { parcel: { how: 'as-before' } }))).toBe(
    'ok',
  );
  // He has bought: by law the deal is kept for a while, and he is shown nowhere.
  expect(codeOf(await township.post('/api/me/erase', mei))).toBe('locked-until');
  const bills = wire.billList.parse((await township.get(at('bills', again), host)).json());
  expect(bills.bills[0]!.parcel).toBe('none');
});
