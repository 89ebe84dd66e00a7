import { createHash, randomUUID } from 'node:crypto';
import { paymentsInvariants } from '@qingpai/payments';
import * as wire from '@qingpai/wire';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 7_200, floorFen: 0, format: 'english', source: '人工培植' },
};

let township: TownshipApp;
let host: string;
let officer: string;
let showId: string;
let mei: string;

/** 阿梅 wins S1 to S3 at 72 yuan each, and pays the first two by hand. */
beforeAll(async () => {
  township = await townshipApp();
  ({ host, officer } = township.people);
  showId = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  for (const n of [1, 2, 3]) {
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${n}` });
  }
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  mei = await township.phoneBuyer('阿梅', '13900000003');
  const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${mei}`))!;
  const { bidder, id } = await township.store.newcomer(showId, memberId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
  for (const lot of ['L1', 'L2', 'L3']) {
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(7_200, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
  }
  const money = { sales: ['S1', 'S2'], amountFen: 14_400, channel: 'transfer', reference: 'IN-1' };
  const paid = { ...money, freshWord: 'in-person' };
  const recorded = await township.post(`/api/shows/${showId}/payments`, host, paid);
  await township.post(`/api/shows/${showId}/payments/${recorded.json().id}/decision`, officer, {
    confirm: true,
  });
});
afterAll(() => township.close());

const at = (path = '') => `/api/shows/${showId}/hand-refunds${path}`;
const ask = (who: string | null, more: object = {}) =>
  township.post(at(), who, {
    ...{ refund: randomUUID(), sale: 'S1', amountFen: 1_050, channel: 'wechat', reference: randomUUID() },
    ...more,
  });
const codeOf = async (answer: ReturnType<typeof ask>) => (await answer).json().code;
const leaves = async () => {
  const desk = await township.desks.of(showId);
  return Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!).filter(
    ({ type }) => type === 'sale.refunded',
  );
};

it('a small sum goes back by the word of one person, and the bill shows what stayed', async () => {
  const refund = randomUUID();
  const given = await ask(host, { refund, reference: 'out 1' });
  expect(wire.handRefund.parse(given.json())).toMatchObject({
    ...{ refund, paddle: 1, state: 'given', askedBy: '小周', decidedBy: '小周', mine: true },
  });
  const again = await ask(host, { refund, reference: 'out 1' });
  expect(again.json()).toEqual(given.json());
  const txn = createHash('sha256').update('OUT1').digest('base64');
  expect(await leaves()).toMatchObject([
    { by: 'host', body: { sale: 'S1', amountFen: 1_050, channel: 'wechat', txn } },
  ]);
  const bill = wire.bill.parse((await township.get(`/api/shows/${showId}/my-bill`, mei)).json());
  expect(bill).toMatchObject({ paidFen: 14_400, refundedFen: 1_050, dueFen: 7_200 });
  expect(bill.sales[0]).toMatchObject({ sale: 'S1', amountFen: 7_200, refundedFen: 1_050 });
});

it('above what one may give alone a second person confirms, also when it is given in small pieces', async () => {
  const waiting = (await ask(host, { amountFen: 4_000 })).json();
  expect(waiting.state).toBe('waiting');
  expect(await leaves()).toHaveLength(1);
  const decide = (who: string, confirm: boolean) =>
    township.post(at(`/${waiting.refund}/decision`), who, { confirm });
  expect(await codeOf(decide(host, true))).toBe('same-person');
  expect((await decide(officer, true)).json()).toMatchObject({ state: 'given', decidedBy: '老郑' });
  expect(await codeOf(decide(officer, false))).toBe('already-decided');
  expect(await leaves()).toHaveLength(2);
});

it('a refund that is dropped leaves no leaf, and frees what it held', async () => {
  const waiting = (await ask(officer, { sale: 'S2', amountFen: 7_200 })).json();
  expect(await codeOf(ask(officer, { sale: 'S2', amountFen: 1 }))).toBe('refund-above-paid');
  const dropped = await township.post(at(`/${waiting.refund}/decision`), host, { confirm: false });
  expect(dropped.json().state).toBe('dropped');
  expect((await ask(officer, { sale: 'S2', amountFen: 1 })).json().state).toBe('given');
});

it('nothing goes back that never came, or twice under one reference', async () => {
  expect(await codeOf(ask(host, { sale: 'S3' }))).toBe('not-paid');
  expect(await codeOf(ask(host, { sale: 'S9' }))).toBe('unknown-sale');
  expect(await codeOf(ask(host, { amountFen: 7_200 }))).toBe('refund-above-paid');
  expect(await codeOf(ask(host, { sale: 'S2', amountFen: 1, reference: 'Out1' }))).toBe('reference-used');
  expect(await codeOf(ask(host, { sale: 'S2', amountFen: 1, reference: 'in-1' }))).toBe('reference-used');
});

it('is for the host and the officer of this show alone', async () => {
  const { moderator, otherHost, foreignHost, foreignOfficer } = township.people;
  for (const who of [moderator, otherHost, foreignHost, foreignOfficer, mei, null]) {
    expect((await township.get(at(), who)).statusCode).toBe(who === null ? 401 : 403);
    expect((await ask(who)).statusCode).toBe(who === null ? 401 : 403);
  }
});

it('freight goes back with the refund after which nothing of a parcel stays paid, and with none before', async () => {
  const freightRules = { ...rules, freight: wire.defaultFreight };
  const asked = await township.post('/api/shows', host, { title: '运费', rules: freightRules });
  const { showId: id } = asked.json<{ showId: string }>();
  for (const n of [1, 2])
    await township.post(`/api/shows/${id}/lots`, host, { ...draft, title: `绣球 ${n}` });
  const desk = await township.desks.of(id);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${mei}`))!;
  const newcomer = await township.store.newcomer(id, memberId);
  const { bidder } = newcomer;
  await desk.register({ bidder, id: newcomer.id, kind: 'buyer' }, township.store.seat(id, memberId));
  for (const lot of ['L1', 'L2']) {
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(7_200, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
  }
  const money = { sales: ['S1', 'S2'], amountFen: 15_200, channel: 'cash', reference: 'F-1' };
  const paid = { ...money, freightFen: 800, freshWord: 'in-person' };
  const recorded = await township.post(`/api/shows/${id}/payments`, host, paid);
  const decided = await township.post(`/api/shows/${id}/payments/${recorded.json().id}/decision`, officer, {
    confirm: true,
  });
  expect(decided.statusCode).toBe(200);
  const back = (sale: string, amountFen: number) =>
    township.post(`/api/shows/${id}/hand-refunds`, host, {
      ...{ refund: randomUUID(), sale, amountFen, channel: 'cash', reference: randomUUID() },
    });
  const decide = (refund: string, who = officer) =>
    township.post(`/api/shows/${id}/hand-refunds/${refund}/decision`, who, { confirm: true });
  const listed = wire.handRefundList.parse(
    (await township.get(`/api/shows/${id}/hand-refunds`, host)).json(),
  );
  expect(listed.freights).toEqual([{ paddle: 1, freightFen: 800 }]);
  const first = (await back('S1', 7_200)).json<wire.HandRefund>();
  expect(first).toMatchObject({ state: 'waiting', freightFen: 0 });
  const last = (await back('S2', 7_200)).json<wire.HandRefund>();
  expect(last).toMatchObject({ state: 'waiting', freightFen: 800 });
  // Confirmed before the other, it would leave paid goods without the freight that they travel for.
  expect(await codeOf(decide(last.refund))).toBe('freight-stays');
  expect((await decide(first.refund)).json()).toMatchObject({ state: 'given', freightFen: 0 });
  expect((await decide(last.refund)).json()).toMatchObject({ state: 'given', freightFen: 800 });
  const events = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  expect(events.filter(({ type }) => type === 'sale.refunded')).toMatchObject([
    { body: { sale: 'S1', amountFen: 7_200 } },
    { body: { sale: 'S2', amountFen: 7_200, freightFen: 800 } },
  ]);
});

it('what went back is in the log and in the books, and nothing else', async () => {
  for (const { name, sql } of paymentsInvariants) {
    expect([name, await township.database.dataSource.query(sql)]).toEqual([name, []]);
  }
});
