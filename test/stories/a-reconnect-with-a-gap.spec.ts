import { type ShowState } from '@qingpai/wire';
import { Market, pot } from './kit/market.js';

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

test('a phone that was away folds what it missed, and holds exactly what the server holds', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })]);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  await host.offers('L1', lin, wu);
  await lin.bid('L1', 3_600);
  lin.drop();
  await wu.bid('L1', 3_800);
  expect(await wu.bid('L1', 3_900)).toMatchObject({ ok: false, reason: 'already-leading' });
  await host.event('lot.hammered', 'L1');
  await host.offers('L2', wu);
  await lin.back();

  const { state } = await market.must<{ state: ShowState }>('GET', `/api/shows/${showId}`);
  for (const one of [lin, wu, host]) {
    await one.reached(state.next);
    expect(one.state).toEqual(state);
  }
  expect(lin.state.lots.L1!.phase).toBe('hammered');
});

test('a phone without a socket bids by HTTP under the same id, and it is one bid', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  const bid = { bidId: 'the-same-bid-0001', lot: 'L1', offering: 1, amountFen: 3_600 };
  const bySocket = await lin.ask<object>('bid', bid);
  const { status, answer } = await market.ask<object>('POST', `/api/shows/${showId}/bids`, lin.token, bid);
  expect([status, answer]).toEqual([200, bySocket]);
  const other = await market.ask('POST', `/api/shows/${showId}/bids`, lin.token, {
    ...bid,
    amountFen: 3_800,
  });
  expect(other).toMatchObject({ status: 409, answer: { ok: false, reason: 'id-reused' } });
});
