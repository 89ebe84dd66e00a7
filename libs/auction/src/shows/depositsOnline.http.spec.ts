import { paymentsInvariants, OnlinePayments } from '@qingpai/payments';
import { FakeStripe } from '@qingpai/payments/testing';
import * as wire from '@qingpai/wire';
import { invariants, rowsAgainst } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

/** 保证金 online: a page of the provider's, a leaf of the platform, and back the way it came. */
const rules = {
  ...{ ...quickRules, openForMs: 60_000, windowMs: 50, extensionMs: 50, lastCallMs: 100 },
  ...{ deposit: { amountFen: 5_000 }, payWithinMs: 0, complaintMs: 0 },
};
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1, title: '绣球' },
  ...{ startFen: 3_000, floorFen: 0, format: 'english', source: '人工培植' },
};

let township: TownshipApp;
let stripe: FakeStripe;
let [host, officer] = ['', ''];
/** Ahead of the wall clock, so that what waits is asked for at once. */
let aheadMs = 0;

beforeAll(async () => {
  stripe = await FakeStripe.open();
  township = await townshipApp({ provider: stripe.provider(), nowMs: () => Date.now() + aheadMs });
  ({ host, officer } = township.people);
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

/** A show of one lot, open, and so many buyers with a paddle. */
async function opened(buyers: number) {
  const showId: string = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  await township.post(`/api/shows/${showId}/lots`, host, draft);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const people: { token: string; bidder: string }[] = [];
  for (let n = 0; n < buyers; n += 1) {
    const token = await township.buyer(`买家${n}`, showId);
    const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${token}`))!;
    const { bidder, id } = await township.store.newcomer(showId, memberId);
    await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
    people.push({ token, bidder });
  }
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  const path = `/api/shows/${showId}/my-deposit`;
  const pay = (token: string) => township.post(path, token, { consent: true });
  const mine = async (token: string) => wire.myDeposit.parse((await township.get(path, token)).json());
  return { showId, desk, people, pay, mine };
}
const knock = ({ payload, signature }: { payload: string; signature: string }) =>
  township.app.inject({
    ...{ method: 'POST', url: '/api/stripe/webhook', payload },
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  });
/** All that the provider has told so far, the newest first: order must not matter. */
const deliverAll = async () => {
  for (const event of [...stripe.events].reverse()) {
    expect((await knock(FakeStripe.signed(event))).statusCode).toBe(200);
  }
};
const poll = () => township.app.get(OnlinePayments).reconcile();
const urlOf = (answer: { json(): unknown }) => wire.payingDeposit.parse(answer.json()).payUrl;

test('one page and one charge, held by the machine, opens the bidding; let go, it goes back the way it came', async () => {
  const { showId, desk, people, pay, mine } = await opened(2);
  const [mei, li] = [people[0]!, people[1]!];
  expect((await township.post(`/api/shows/${showId}/my-deposit`, mei.token, {})).statusCode).toBe(400);
  const urls = (await Promise.all([pay(mei.token), pay(mei.token), pay(mei.token)])).map(urlOf);
  expect(new Set(urls).size).toBe(1);
  const before = stripe.charged.length;
  expect(urls.map((url) => stripe.pay(url))).toEqual(['paid', 'closed', 'closed']);
  await deliverAll();
  await deliverAll();
  expect(stripe.charged.length).toBe(before + 1);
  expect(await mine(mei.token)).toMatchObject({ standing: 'held', deposits: [{ isOnline: true }] });
  const leaf = desk.leaf(desk.state.deposits.D1!.i);
  expect(leaf).toMatchObject({ by: 'platform', body: { channel: 'stripe', amountFen: 5_000 } });
  expect((await pay(mei.token)).json()).toMatchObject({ code: 'already-paid' });
  await done(desk.bid(bidOf(3_000), { bidder: mei.bidder }));

  // 老李 pays too, and nobody tells of it: the poll asks.
  stripe.pay(urlOf(await pay(li.token)));
  aheadMs += 120_000;
  expect(await poll()).toBe(0);
  expect(await mine(li.token)).toMatchObject({ standing: 'held' });
  await done(desk.bid(bidOf(3_200), { bidder: li.bidder }));
  await done(desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }));
  await until(() => desk.state.lots.L1!.phase === 'hammered');
  await done(desk.command({ by: 'host', name: 'close' }));
  await done(desk.command({ by: 'host', name: 'default', sale: 'S1' }));
  await until(() => Object.values(desk.state.deposits).every((one) => one.releasedFen > 0), 5_000);

  // By hand it is refused; by itself it goes back, what is left of 老李's too.
  const byHand = { deposit: 'D1', channel: 'cash', reference: 'x' };
  const refused = await township.post(`/api/shows/${showId}/deposits`, officer, byHand);
  expect(refused.json()).toMatchObject({ code: 'paid-online' });
  const givenFen = stripe.givenBackFen();
  stripe.breakNext(/refunds/, 'cut after');
  await poll();
  await poll();
  await poll();
  expect(stripe.givenBackFen() - givenFen).toBe(5_000 + 1_800);
  expect(await mine(mei.token)).toMatchObject({ standing: 'returned' });
  expect(await mine(li.token)).toMatchObject({
    deposits: [{ forfeitedFen: 3_200, returnedFen: 1_800, forfeits: [{ sale: 'S1', amountFen: 3_200 }] }],
  });
  await deliverAll();
});

test('another amount is a case for people, and opens nothing', async () => {
  const { people, pay, mine, showId } = await opened(1);
  const { token } = people[0]!;
  const url = urlOf(await pay(token));
  stripe.pay(url);
  stripe.twist(url, { amount: 4_999 });
  await deliverAll();
  expect(await mine(token)).toMatchObject({ standing: 'none' });
  const { cases } = (await township.get(`/api/shows/${showId}/payment-cases`, officer)).json();
  expect(cases).toMatchObject([{ kind: 'wrong-amount' }]);
});

test('money that cannot be held any more goes back whole, and no leaf speaks of it', async () => {
  const { showId, desk, people, pay, mine } = await opened(1);
  const { token, bidder } = people[0]!;
  const url = urlOf(await pay(token));
  const record = { bidder, channel: 'cash', reference: 'R-1' };
  const { id } = (await township.post(`/api/shows/${showId}/deposits`, host, record)).json();
  expect((await pay(token)).json()).toMatchObject({ code: 'payment-pending' });
  await township.post(`/api/shows/${showId}/deposits/moves/${id}/decision`, officer, { confirm: true });
  const givenFen = stripe.givenBackFen();
  expect(stripe.pay(url)).toBe('paid');
  await deliverAll();
  await poll();
  expect(stripe.givenBackFen() - givenFen).toBe(5_000);
  expect(await mine(token)).toMatchObject({ standing: 'held', deposits: [{ isOnline: false }] });
  expect(Object.keys(desk.state.deposits)).toEqual(['D1']);
});

test('one that is lost to the grower whole does not go back', async () => {
  const { desk, people, pay, mine } = await opened(1);
  const { token, bidder } = people[0]!;
  stripe.pay(urlOf(await pay(token)));
  await deliverAll();
  await done(desk.bid(bidOf(6_000, { confirmed: true }), { bidder }));
  await done(desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }));
  await until(() => desk.state.lots.L1!.phase === 'hammered');
  await done(desk.command({ by: 'host', name: 'close' }));
  await done(desk.command({ by: 'host', name: 'default', sale: 'S1' }));
  const givenFen = stripe.givenBackFen();
  await poll();
  expect(stripe.givenBackFen()).toBe(givenFen);
  expect(await mine(token)).toMatchObject({ standing: 'forfeited', deposits: [{ forfeitedFen: 5_000 }] });
});
