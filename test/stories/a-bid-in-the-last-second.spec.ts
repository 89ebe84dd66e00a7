import { Market, pot } from './kit/market.js';

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

test('a bid in the last second keeps the lot open, and the answer to it gets the lot', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  await host.offers('L1', lin, wu);
  const firstClosesAt = host.state.lots.L1!.offerings[0]!.closesAt!;
  expect((await lin.bid('L1', 3_600)).ok).toBe(true);

  const extended = wu.event('lot.extended', 'L1');
  await new Promise((resolve) => setTimeout(resolve, firstClosesAt - Date.now() - 250));
  const late = await wu.bid('L1', 3_800);
  expect(late).toMatchObject({ ok: true });
  const { body } = await extended;
  expect(body.cause).toBe('bid');
  expect(body.closesAt).toBe((late.ok ? late.t : 0) + 600);

  const hammered = host.event('lot.hammered', 'L1');
  expect(await lin.bid('L1', 4_000)).toMatchObject({ ok: true });
  const sold = await hammered;
  expect(sold.body).toMatchObject({ bidder: lin.me.bidder, unitPriceFen: 4_000 });
  expect(sold.t).toBeGreaterThanOrEqual(body.closesAt);
});

test('a bid after the close is too late, whatever the page still shows', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  await host.event('lot.setAside', 'L1');
  expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: false, reason: 'too-late' });
});

test('two at the same price and the same instant: one stands, the other learns which leaf beat it', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const people = await Promise.all(['小林', '小吴'].map((name) => market.buyer(showId, name)));
  await host.offers('L1', ...people);
  const answers = await Promise.all(people.map((one) => one.bid('L1', 3_600)));
  const stands = answers.find(({ ok }) => ok);
  const beaten = answers.find(({ ok }) => !ok);
  expect(stands).toMatchObject({ ok: true, amountFen: 3_600 });
  expect(beaten).toMatchObject({
    ok: false,
    reason: 'not-above-price',
    beatenBy: stands!.i,
    leastFen: 3_800,
  });
  const { body } = await host.event('lot.hammered', 'L1');
  expect(body.bidder).toBe(people[answers.indexOf(stands!)]!.me.bidder);
});
