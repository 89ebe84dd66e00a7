import { type Certificate } from '@qingpai/wire';
import { clockPriceFen } from '@qingpai/auction/rules';
import { Market, pot } from './kit/market.js';
import { type Person } from './kit/person.js';

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

const certificateOf = (showId: string) => market.must<Certificate>('GET', `/api/shows/${showId}/certificate`);

/** Presses when the clock shows at most this price. */
async function takeAt(person: Person, lot: string, atMostFen: number, units = 1) {
  for (;;) {
    const { clock } = person.state.lots[lot]!.offerings.at(-1)!;
    const priceFen = clockPriceFen(clock!, Date.now());
    if (clock!.heldFen === null && priceFen <= atMostFen) {
      return person.bid(lot, priceFen, { units, run: clock!.run });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a lot that met no floor comes back as a falling clock and sells; both attempts stay visible', async () => {
  const { showId, host } = await market.openShow([pot({ floorFen: 5_000, referenceFen: 6_000 })]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: true });
  const aside = await host.event('lot.setAside', 'L1');
  expect(aside.body).toMatchObject({ bestFen: 3_600 });
  expect(lin.state.lots.L1!.offerings[0]!.floorMet).toBe(false);

  const offered = lin.event('lot.offered', 'L1');
  await host.does({ name: 'reoffer', lot: 'L1' });
  const { body } = await offered;
  expect(body).toMatchObject({ offering: 2, format: 'dutch', startFen: 6_000 });
  const taken = await takeAt(lin, 'L1', 5_600);
  expect(taken).toMatchObject({ ok: true, sale: 'S1' });
  await host.reached((taken.i ?? 0) + 2);

  const certificate = await certificateOf(showId);
  expect(certificate).toMatchObject({ passedAttempts: 1, reoffers: 1, soldUnits: 1 });
  expect([certificate.firstPass.units, certificate.afterReoffer.units]).toEqual([0, 1]);
  expect(certificate.lots[0]!.attempts.map(({ format, soldUnits }) => [format, soldUnits])).toEqual([
    ['english', 0],
    ['dutch', 1],
  ]);
});

test('a clock never goes below the floor: it is cut to it, and then it ends', async () => {
  const { showId, host } = await market.openShow([
    pot({ format: 'dutch', startFen: 5_500, floorFen: 5_200, units: 3 }),
  ]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  const cut = await lin.event('clock.restarted', 'L1');
  expect(cut.body).toMatchObject({ cause: 'floor', startFen: 5_200 });
  await host.event('lot.setAside', 'L1');
  expect(host.state.lots.L1!.phase).toBe('waiting');
});

test('several takers share a clock, and it starts again a few steps up for the rest', async () => {
  const { showId, host } = await market.openShow([pot({ format: 'dutch', startFen: 9_000, units: 4 })]);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  await host.offers('L1', lin, wu);
  const first = await takeAt(lin, 'L1', 8_600, 2);
  expect(first).toMatchObject({ ok: true, units: 2 });
  const again = wu.event('clock.restarted', 'L1');
  expect((await again).body).toMatchObject({ cause: 'takes', unitsLeft: 2 });
  const second = await takeAt(wu, 'L1', 8_600, 2);
  expect(second).toMatchObject({ ok: true, units: 2 });
  await host.reached((second.i ?? 0) + 2);
  expect(host.state.lots.L1).toMatchObject({ phase: 'hammered', soldUnits: 4 });
  const units = Object.values(host.state.sales).map(({ firstUnit, units: count }) => [firstUnit, count]);
  expect(units).toEqual([
    [1, 2],
    [3, 2],
  ]);
});

test('a hammer is undone until the next lot is offered; the certificate counts it', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  await lin.bid('L1', 3_600);
  const { body } = await host.event('lot.hammered', 'L1');
  await host.does({ name: 'undo', sale: body.sale, reason: 'buyer-mistake' });
  expect(host.state.lots.L1).toMatchObject({ phase: 'waiting', soldUnits: 0, voided: 1 });
  expect((await certificateOf(showId)).voided).toBe(1);

  const seen = lin.event('lot.offered', 'L1');
  await host.does({ name: 'reoffer', lot: 'L1' });
  await seen;
  await takeAt(lin, 'L1', 3_600);
  if (host.state.block === 'L1') await host.event('lot.hammered', 'L1');
  await host.offers('L2', lin);
  const late = await host.command({ name: 'undo', sale: 'S2', reason: 'technical' });
  expect(late).toMatchObject({ ok: false, reason: 'lot-on-block' });
  await host.event('lot.setAside', 'L2');
  const later = await host.command({ name: 'undo', sale: 'S2', reason: 'technical' });
  expect(later).toMatchObject({ ok: false, reason: 'nothing-to-undo' });
});

test('what nobody wants is passed after its last offering, and the show cannot close before', async () => {
  const { showId, host } = await market.openShow([pot({ floorFen: 3_600, referenceFen: 3_800 })]);
  await host.offers('L1');
  await host.event('lot.setAside', 'L1');
  expect(await host.command({ name: 'close' })).toMatchObject({
    ok: false,
    reason: 'lots-left',
    lots: ['L1'],
  });
  await host.does({ name: 'pass', lot: 'L1' });
  await host.does({ name: 'close' });
  const certificate = await certificateOf(showId);
  expect(certificate.unsold).toMatchObject([{ lot: 'L1', phase: 'passed', units: 1 }]);
  expect(certificate).toMatchObject({ soldUnits: 0, passedUnits: 1, openUnits: 0 });
});
