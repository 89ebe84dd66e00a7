import sharp from 'sharp';
import { type EventBody, type EventType } from '@qingpai/wire';
import { brokenInvariants } from '../store/invariants.js';
import { done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

/** 保证金 by hand, over HTTP and on real Postgres: two persons, then the log. */
const rules = {
  ...{ ...quickRules, openForMs: 60_000, hardEndMs: 120_000 },
  ...{ deposit: { amountFen: 5_000 }, payWithinMs: 0, complaintMs: 0 },
};
const draft = {
  growerName: '硋窑村02号花农',
  village: '硋窑村',
  grade: 'A',
  unit: '盆',
  units: 1,
  startFen: 5_000,
};

let township: TownshipApp;
beforeAll(async () => {
  township = await townshipApp();
});
afterAll(() => township.close());

it('a deposit is recorded by one, confirmed by another, opens the bidding, and goes back or to the grower', async () => {
  const { host, officer } = township.people;
  const showId: string = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  const lot = { ...draft, title: '绣球', floorFen: 0, format: 'english', source: '人工培植' };
  await township.post(`/api/shows/${showId}/lots`, host, lot);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const [lin, wu] = ['lin-aaaaaaaaaaaa', 'wu-aaaaaaaaaaaaa'];
  const id = `${'A'.repeat(43)}=`;
  for (const bidder of [lin, wu]) await desk.register({ bidder, id, kind: 'buyer' });
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  const bid = (bidder: string, bidId: string, amountFen: number) =>
    desk.bid({ bidId, lot: 'L1', offering: 1, amountFen, confirmed: true }, { bidder });
  expect(await bid(lin, 'deposit-1', 5_000)).toMatchObject({ ok: false, reason: 'deposit-needed' });

  const leafOf = <T extends EventType>(type: T) =>
    desk.since(0).since.events.find((event) => event.type === type)!.body as EventBody<T>;
  const path = `/api/shows/${showId}/deposits`;
  const record = (body: object, who = host) => township.post(path, who, { channel: 'wechat', ...body });
  const decide = (move: string, who: string, confirm = true) =>
    township.post(`${path}/moves/${move}/decision`, who, { confirm });
  const moves: string[] = [];
  for (const [k, bidder] of [lin, wu].entries()) {
    const told = await record({ bidder, reference: `in-${k}` });
    expect(told.json()).toMatchObject({ kind: 'in', amountFen: 5_000, state: 'recorded', mine: true });
    moves.push(told.json().id);
  }
  expect((await record({ bidder: lin, reference: 'in-9' })).json()).toMatchObject({
    code: 'payment-pending',
  });
  expect((await record({ bidder: lin, deposit: 'D1', reference: 'x' })).json()).toMatchObject({
    code: 'malformed',
  });
  expect((await decide(moves[0]!, host)).json()).toMatchObject({ code: 'same-person' });
  const photoAt = `${path}/moves/${moves[0]}/photo`;
  const png = await sharp({ create: { width: 40, height: 60, channels: 3, background: '#eee' } })
    .png()
    .toBuffer();
  expect((await township.upload(photoAt, host, png)).json()).toMatchObject({ photo: photoAt });
  expect((await township.get(photoAt, officer)).headers['content-type']).toBe('image/webp');
  expect((await township.get(photoAt, null)).statusCode).toBe(401);
  for (const move of moves)
    expect((await decide(move, officer)).json()).toMatchObject({ state: 'confirmed' });
  expect((await decide(moves[0]!, officer)).json()).toMatchObject({ code: 'already-decided' });

  expect((await township.upload(photoAt, host, png)).json()).toMatchObject({ code: 'already-decided' });
  expect(leafOf('deposit.held').evidence).toMatch(/^.{43}=$/);
  expect(await bid(wu, 'deposit-2', 5_000)).toMatchObject({ ok: true });
  expect(await bid(lin, 'deposit-3', 5_200)).toMatchObject({ ok: true });
  const early = await township.post(`${path}/D1/release`, officer, { reason: 'bidder-request' });
  expect(early.json()).toMatchObject({ code: 'deposit-bound' });
  expect((await township.post(`${path}/D1/release`, host, { reason: 'other' })).statusCode).toBe(403);
  await done(desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }));
  await until(() => Object.keys(desk.state.sales).length === 1, 5_000);
  const { txn } = leafOf('deposit.held');
  const forSale = { sale: 'S1', amountFen: 5_200, channel: 'wechat' as const, txn };
  expect(await desk.command({ by: 'officer', name: 'paid', body: forSale })).toMatchObject({
    reason: 'reference-used',
  });
  await done(desk.command({ by: 'host', name: 'close' }));
  await done(desk.command({ by: 'host', name: 'default', sale: 'S1' }));
  await until(() => desk.state.deposits.D2!.releasedFen === 5_000, 5_000);
  expect(desk.state.deposits).toMatchObject({ D1: { forfeitedFen: 5_000 }, D2: { releasedFen: 5_000 } });

  const paidWith = await record({ deposit: 'D2', reference: 'in-1' });
  expect(paidWith.json()).toMatchObject({ code: 'reference-used' });
  const back = (await record({ deposit: 'D2', reference: 'out-1' })).json();
  expect(back).toMatchObject({ kind: 'out', amountFen: 5_000 });
  expect((await decide(back.id, officer)).json()).toMatchObject({ state: 'confirmed' });
  expect((await township.get(path, host)).json()).toMatchObject({
    askedFen: 5_000,
    deposits: [
      { deposit: 'D1', forfeitedFen: 5_000 },
      { deposit: 'D2', returnedFen: 5_000 },
    ],
    moves: [{ kind: 'out' }, { kind: 'in' }, { kind: 'in' }],
  });
  expect(await brokenInvariants(township.database.dataSource.manager)).toEqual([]);
});
