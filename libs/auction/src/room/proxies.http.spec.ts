import { randomBytes } from 'node:crypto';
import { type JoinAnswer, type ProxyAnswer, type ShowRules } from '@qingpai/wire';
import { quickRules, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';

const rules: ShowRules = { ...quickRules, openForMs: 4_000 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

const secret = () => randomBytes(32).toString('base64');
let asked = 0;
const most = (lot: string, maxFen: number, bidId = `most-${String(++asked).padStart(6, '0')}`) => ({
  ...{ bidId, lot, maxFen, secret: secret() },
});

async function evening() {
  const showId = await app.newShow(rules, ['L1', 'L2']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const [lin, wu] = await Promise.all(
    ['小林', '老吴'].map(async (name) => app.socketOf((await app.buyer(name, showId)).token)),
  );
  for (const one of [lin!, wu!]) await one.ask('join', { showId });
  const desk = () => app.desks.of(showId);
  const offering = async () => (await desk()).state.lots['L1']!.offerings.at(-1)!;
  return { showId, host, lin: lin!, wu: wu!, desk, offering };
}
const meIn = (answer: JoinAnswer) => {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.me;
};

it('a maximum bid leads, answers another bid, and goes on after the log was taken over anew', async () => {
  const { showId, host, lin, wu, desk, offering } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const placed = await lin.ask('proxy', most('L1', 3_000));
  expect(placed).toMatchObject({ ok: true, verdict: 'placed', leading: true, nth: 2 });
  expect((await offering()).priceFen).toBe(1_000);

  // As after a restart: nothing is left in memory.
  await app.desks.retire(showId);
  const bid = { bidId: 'by-hand-0001', lot: 'L1', offering: 1, amountFen: 1_100 };
  expect(await wu.ask('bid', bid)).toMatchObject({ ok: true });
  expect(await offering()).toMatchObject({ priceFen: 1_200 });
  const { state } = await desk();
  await until(() => state.sales['S1'] !== undefined, 8_000);
  expect(state.sales['S1']).toMatchObject({ unitPriceFen: 1_200 });
  await app.command(host, { name: 'withdraw', lot: 'L2', reason: 'other' });
  await app.command(host, { name: 'close' });
  const judged = (await (await fetch(`${app.url}/api/shows/${showId}/verification`)).json()) as object;
  expect(judged).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
}, 30_000);

it('a pre-bid waits for the call; only its owner is told how far it goes', async () => {
  const { showId, host, lin, wu, offering } = await evening();
  const ask = most('L1', 2_900);
  expect(await lin.ask('proxy', ask)).toMatchObject({ ok: true, leading: false });
  expect(meIn(await lin.ask('join', { showId })).proxies).toEqual([
    { lot: 'L1', bidId: ask.bidId, maxFen: 2_900 },
  ]);
  const seen = await wu.ask('join', { showId });
  expect(meIn(seen).proxies).toEqual([]);
  expect(JSON.stringify(seen)).not.toMatch(/2900|secret/);
  await app.command(host, { name: 'offer', lot: 'L1' });
  expect(await offering()).toMatchObject({ priceFen: 1_000, bids: 1 });
  const [{ sealed }] = (await app.database.dataSource.query('SELECT sealed FROM proxy_secrets LIMIT 1')) as [
    { sealed: Buffer },
  ];
  expect(sealed.toString('latin1')).not.toContain('2900');
});

it('the same id gets the same answer, another body under it is refused, and it is no id for a bid', async () => {
  const { host, lin, desk } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const ask = most('L1', 2_000);
  const first = (await lin.ask('proxy', ask)) as ProxyAnswer;
  expect(await lin.ask('proxy', ask)).toEqual(first);
  expect(await lin.ask('proxy', { ...ask, maxFen: 2_100 })).toMatchObject({ reason: 'id-reused' });
  const bid = { bidId: ask.bidId, lot: 'L1', offering: 1, amountFen: 3_000 };
  expect(await lin.ask('bid', bid)).toMatchObject({ ok: false });
  expect(await lin.ask('bid', { ...bid, bidId: 'auto-1-1' })).toMatchObject({ reason: 'malformed' });
  expect((await desk()).state.lots['L1']!.offerings[0]!.bids).toBe(1);
});

it('a bid of exactly somebody’s maximum is refused, and its answer names its own leaf and the one that beat it', async () => {
  const { host, lin, wu, desk } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  await lin.ask('proxy', most('L1', 1_500));
  const bid = { bidId: 'tied-00001', lot: 'L1', offering: 1, amountFen: 1_500, confirmed: true as const };
  const answer = await wu.ask('bid', bid);
  if (answer.ok) throw new Error('accepted');
  const one = await desk();
  expect(answer.reason).toBe('not-above-price');
  expect(one.leaf(answer.i!)).toMatchObject({ type: 'bid.refused', body: { bid: bid.bidId } });
  expect(one.leaf(answer.beatenBy!)).toMatchObject({
    type: 'bid.accepted',
    body: { auto: true, amountFen: 1_500 },
  });
});

it('what does not fit is refused with its reason, and who leads cannot take it back', async () => {
  const { host, lin, wu } = await evening();
  expect(await host.ask('proxy', most('L1', 2_000))).toMatchObject({
    reason: 'not-allowed',
    verdict: 'refused',
  });
  expect(await lin.ask('proxy', most('L9', 2_000))).toMatchObject({ reason: 'unknown-lot' });
  expect(await lin.ask('proxy', most('L1', 1_050))).toMatchObject({ reason: 'off-grid' });
  expect(await lin.ask('proxy', { ...most('L1', 2_000), nth: 7 })).toMatchObject({ reason: 'wrong-nth' });
  expect(await lin.ask('proxy', { ...most('L1', 2_000), secret: 'short' })).toMatchObject({
    reason: 'malformed',
  });
  expect(await lin.ask('withdrawProxy', { lot: 'L1' })).toMatchObject({ reason: 'no-proxy' });
  expect(await lin.ask('proxy', most('L1', 2_000))).toMatchObject({ ok: true });
  expect(await lin.ask('withdrawProxy', { lot: 'L1' })).toEqual({ ok: true });
  await lin.ask('proxy', most('L1', 2_000));
  await app.command(host, { name: 'offer', lot: 'L1' });
  expect(await lin.ask('withdrawProxy', { lot: 'L1' })).toMatchObject({ reason: 'already-leading' });
  await wu.ask('proxy', most('L1', 2_500));
  expect(await lin.ask('withdrawProxy', { lot: 'L1' })).toEqual({ ok: true });
});

it('over HTTP it is the same desk', async () => {
  const { showId, host, desk } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const { token } = await app.buyer('小陈', showId);
  const send = async (path: string, body: object) => {
    const answer = await fetch(`${app.url}/api/shows/${showId}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  expect(await send('proxies', most('L1', 2_000))).toMatchObject({ status: 200, body: { leading: true } });
  expect(await send('proxies', most('L1', 1_050))).toMatchObject({ body: { reason: 'off-grid' } });
  expect(await send('proxies/withdraw', { lot: 'L1' })).toMatchObject({
    body: { reason: 'already-leading' },
  });
  expect((await desk()).state.lots['L1']!.proxies).toHaveLength(1);
});
