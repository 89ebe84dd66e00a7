import { randomUUID } from 'node:crypto';
import { paymentsInvariants } from '@qingpai/payments';
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
  expect((await back('S1')).statusCode).toBeLessThan(300);
  expect((await back('S2')).statusCode).toBeLessThan(300);
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
