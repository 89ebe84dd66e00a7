import { PayWindows } from '@qingpai/payments';
import { FakeStripe } from '@qingpai/payments/testing';
import { Jobs } from '@qingpai/platform';
import { type ShowRules } from '@qingpai/wire';
import { bidOf, done, quickRules, sleep, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const rules: ShowRules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
};
const DAY_MS = 86_400_000;

let township: TownshipApp;
let stripe: FakeStripe;
let windows: PayWindows;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  stops = [];
  stripe = await FakeStripe.open();
  township = await townshipApp({ provider: stripe.provider() });
  windows = township.app.get(PayWindows);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await township.close();
  await stripe.close();
});
/** The server's worker, as from its start on. */
const work = () => void stops.push(township.app.get(Jobs).start(township.database.dataSource));

/** S1 is 老李's, S2 小林's; the show is closed. */
async function closedShow(payWithinMs: number) {
  const { host } = township.people;
  const asked = { title: '专场', rules: { ...rules, payWithinMs } };
  const made = await township.post('/api/shows', host, asked);
  if (made.statusCode !== 201) throw new Error(made.body);
  const { showId } = made.json() as { showId: string };
  for (const n of [1, 2])
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${n}` });
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const tokens = [await township.buyer('老李', showId), await township.buyer('小林', showId)];
  const bidders: string[] = [];
  for (const [k, token] of tokens.entries()) {
    const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${token}`))!;
    const { bidder, id } = await township.store.newcomer(showId, memberId);
    await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
    const lot = `L${k + 1}`;
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(5_000, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
    bidders.push(bidder);
  }
  await done(desk.command({ by: 'host', name: 'close' }));
  const phases = () => Object.values(desk.state.sales).map(({ phase }) => phase);
  return { showId, desk, phases, tokens, li: bidders[0]!, lin: bidders[1]! };
}

/** Until a job that is asked for after the commit stands there. */
async function untilAsked(truth: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await truth()); tries += 1) {
    if (tries > 500) throw new Error('waited in vain');
    await sleep(10);
  }
}
const jobs = async (name: string) => {
  const rows = await township.database.dataSource.query<{ key: string; run_at: Date }[]>(
    `SELECT j.key, j.run_at FROM graphile_worker._private_jobs j
     JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE identifier = $1 ORDER BY key`,
    [name],
  );
  return rows;
};

test('the close asks for a job per bill at its deadline, and for three reminders', async () => {
  const { showId, desk, li, lin } = await closedShow(DAY_MS);
  await untilAsked(async () => (await jobs('pay-window')).length === 2);
  const payBy = desk.state.closedAt! + DAY_MS;
  expect(await jobs('pay-window')).toEqual(
    [li, lin].sort().map((bidder) => ({ key: `pay-window/${showId}/${bidder}`, run_at: new Date(payBy) })),
  );
  expect((await jobs('pay-reminder')).filter(({ key }) => key.includes(li))).toMatchObject([
    { key: `pay-reminder/${showId}/${li}/15min`, run_at: new Date(payBy - 15 * 60_000) },
    { key: `pay-reminder/${showId}/${li}/2h`, run_at: new Date(payBy - 2 * 3_600_000) },
    { key: `pay-reminder/${showId}/${li}/now` },
  ]);
});

test('what nobody paid by the deadline is in default without anybody doing anything, and once', async () => {
  const { showId, desk, phases, li } = await closedShow(0);
  work();
  await until(() => phases().every((phase) => phase === 'defaulted'), 20_000);
  const size = desk.state.next;
  await windows.end({ showId, bidder: li });
  expect(desk.state.next).toBe(size);
  expect(desk.leaf(size - 1)).toMatchObject({ type: 'sale.defaulted', by: 'platform' });
});

test('a crash between the close and its jobs loses nothing: the next start asks for them', async () => {
  await closedShow(DAY_MS);
  await untilAsked(async () => (await jobs('pay-window')).length === 2);
  await township.database.dataSource.query('DELETE FROM graphile_worker._private_jobs');
  await windows.catchUp();
  await windows.catchUp();
  expect((await jobs('pay-window')).length).toBe(2);
});

test('who is given longer is asked for later, and is in default only then', async () => {
  const { showId, desk, phases, li } = await closedShow(0);
  const payBy = Date.now() + DAY_MS;
  await done(desk.command({ by: 'host', name: 'extendPay', bidder: li, payBy, reason: 'buyer-asked' }));
  await untilAsked(async () => (await jobs('pay-window')).some(({ run_at }) => run_at.getTime() === payBy));
  await windows.end({ showId, bidder: li });
  expect(phases()).toEqual(['awaiting', 'awaiting']);
  expect((await jobs('pay-window')).find(({ key }) => key.endsWith(li))!.run_at).toEqual(new Date(payBy));
});

test('a payment by hand that waits for its second person is not overtaken; rejected, the next look is', async () => {
  const { showId, phases, li } = await closedShow(0);
  const { host, officer } = township.people;
  const recorded = await township.post(`/api/shows/${showId}/payments`, host, {
    ...{ sales: ['S1'], amountFen: 5_000, channel: 'transfer', reference: 'T-1' },
    freshWord: 'by-phone',
  });
  await windows.end({ showId, bidder: li });
  expect(phases()[0]).toBe('awaiting');
  const [again] = (await jobs('pay-window')).filter(({ key }) => key.endsWith(li));
  expect(again!.run_at.getTime()).toBeGreaterThan(Date.now() + 9 * 60_000);
  const { id } = recorded.json() as { id: string };
  await township.post(`/api/shows/${showId}/payments/${id}/decision`, officer, { confirm: false });
  await windows.end({ showId, bidder: li });
  expect(phases()[0]).toBe('defaulted');
});

test('a page that nobody has paid on is closed at the deadline; money under way is waited for', async () => {
  const { showId, phases, tokens, li, lin } = await closedShow(0);
  const urls: string[] = [];
  for (const token of tokens) {
    const pickUp = { parcel: { how: 'pick-up', name: '林', phone: '13900000003' } };
    await township.put(`/api/shows/${showId}/my-parcel`, token, pickUp);
    await township.post(`/api/shows/${showId}/my-parcel/fresh`, token);
    const paying = await township.post(`/api/shows/${showId}/my-payment`, token, { consent: true });
    urls.push((paying.json() as { payUrl: string }).payUrl);
  }
  expect(stripe.pay(urls[1]!)).toBe('paid');
  await windows.end({ showId, bidder: li });
  await windows.end({ showId, bidder: lin }).catch(() => undefined);
  expect(phases()).toEqual(['defaulted', 'paid']);
  expect(stripe.pay(urls[0]!)).not.toBe('paid');
});
