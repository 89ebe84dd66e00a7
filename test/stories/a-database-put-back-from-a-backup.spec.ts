import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { verifyContinued } from '@qingpai/auction/rules';
import { verifyByNode } from '@qingpai/ledger';
import { type Bill, type Certificate, type InvariantRun, type Verification } from '@qingpai/wire';
import { Market, pot, shortRules } from './kit/market.js';

/**
 * In the middle of an evening a copy of the data is made; the evening goes on; then the disk is gone and the copy is put
 * back. What was promised after the copy is not in it, so its log must not grow: another goes on from it.
 */
let market: Market;
beforeAll(async () => (market = await Market.open()), 60_000);
afterAll(() => market.close());

const copyOf = (folder: string): string => join(folder, '..', 'copy');
const copies = (from: string, to: string) => {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
};

test('what was sold before the copy is paid, settled and proved in the log that goes on', async () => {
  const [hostToken, officer] = await Promise.all([market.host(), market.officer()]);
  const lots = [pot(), pot({ title: '君子兰' }), pot({ title: '蝴蝶兰' })];
  const before = await market.draft(hostToken, lots, { ...shortRules, openForMs: 1_000, feePercent: 2 });
  const host = await market.enter(before, hostToken);
  await host.does({ name: 'seal' });
  await host.does({ name: 'open', reason: 'none-configured' });
  const lin = await market.signer(before, '小林');
  const wu = await market.signer(before, '小吴');
  const sells = async (lot: string, buyer: typeof lin) => {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, buyer);
    expect(await buyer.bid(lot, 3_600)).toMatchObject({ ok: true });
    await hammered;
  };
  const pays = async (showId: string, sale: string, reference: string) => {
    const asked = { sales: [sale], amountFen: 3_600, channel: 'cash', reference, freshWord: 'in-person' };
    const { id } = await market.must<{ id: string }>(
      'POST',
      `/api/shows/${showId}/payments`,
      hostToken,
      asked,
    );
    await market.must('POST', `/api/shows/${showId}/payments/${id}/decision`, officer, { confirm: true });
  };
  await sells('L1', lin);
  await pays(before, 'S1', 'cash-001');
  await sells('L2', wu);

  await market.stop();
  copies(market.dataDir, copyOf(market.dataDir));
  await market.start();
  const later = await market.enter(before, hostToken);
  const hammered = later.event('lot.hammered', 'L3');
  const linAgain = await market.enter(before, lin.token, lin.key);
  await later.offers('L3', linAgain);
  expect(await linAgain.bid('L3', 3_600)).toMatchObject({ ok: true });
  await hammered;
  const known = await market.must<string>('GET', `/api/shows/${before}/checkpoint`);
  await market.stop();
  copies(copyOf(market.dataDir), market.dataDir);
  await market.start();

  const { showId: next } = await market.must<{ showId: string }>(
    'POST',
    `/api/shows/${before}/continue`,
    hostToken,
  );
  // What is owed stands on a bill of the new log, and of the old one no more.
  const billOf = (showId: string) => market.must<Bill>('GET', `/api/shows/${showId}/my-bill`, wu.token);
  expect((await billOf(before)).sales).toEqual([]);
  expect(await billOf(next)).toMatchObject({ dueFen: 3_600, sales: [{ sale: 'S2', number: '002' }] });
  const paid = { sales: ['S2'], amountFen: 3_600, channel: 'cash', reference: 'cash-002' };
  expect((await market.ask('POST', `/api/shows/${before}/payments`, hostToken, paid)).status).toBe(404);

  const again = await market.enter(next, hostToken);
  await again.does({ name: 'seal' });
  await again.does({ name: 'open', reason: 'none-configured' });
  await market.must('POST', `/api/shows/${next}/join`, lin.token, {});
  const third = await market.enter(next, lin.token);
  const [lot] = Object.keys(again.state.lots);
  const sold = again.event('lot.hammered', lot!);
  await again.offers(lot!, third);
  expect(await third.bid(lot!, 3_600)).toMatchObject({ ok: true });
  await sold;
  await again.does({ name: 'close' });
  await pays(next, 'S2', 'cash-002');
  const own = Object.values(again.state.sales).find((sale) => sale.lot === lot)!.sale;
  // A reference of the log before is used once over both.
  const cash = { amountFen: 3_600, channel: 'cash', freshWord: 'in-person' };
  const twice = { sales: [own], ...cash, reference: 'cash-001' };
  const { id } = await market.must<{ id: string }>('POST', `/api/shows/${next}/payments`, hostToken, twice);
  const decided = await market.ask('POST', `/api/shows/${next}/payments/${id}/decision`, officer, {
    confirm: true,
  });
  expect(decided.status).toBe(409);
  await market.must('POST', `/api/shows/${next}/payments/${id}/decision`, officer, { confirm: false });
  await pays(next, own, 'cash-003');

  // Its growers are paid for what was hammered in either log.
  type Payouts = {
    growers: { grower: string; name: string; payableFen: number }[];
    batches: { id: string; rows: { payout: string }[] }[];
  };
  const { growers } = await market.must<Payouts>('GET', `/api/shows/${next}/payouts`, officer);
  expect(growers).toMatchObject([{ name: '泗桥村08号花农', payableFen: 3 * 3_528 }]);
  const batch = { growers: [growers[0]!.grower], channel: 'cash' };
  const made = await market.must<Payouts>('POST', `/api/shows/${next}/payout-batches`, officer, batch);
  const [{ id: batchId, rows }] = made.batches as [Payouts['batches'][number]];
  const confirmed = { rows: rows.map(({ payout }, k) => ({ payout, reference: `NX-${k}` })) };
  await market.must(
    'POST',
    `/api/shows/${next}/payout-batches/${batchId}/confirmation`,
    hostToken,
    confirmed,
  );
  await again.does({ name: 'settle' });

  const certificate = await market.must<Certificate>('GET', `/api/shows/${next}/certificate`);
  expect(certificate).toMatchObject({
    ...{ sealedUnits: 1, soldUnits: 1, hammerFen: 3_600 },
    takenOver: { sales: 2, units: 2, hammerFen: 7_200, paidFen: 7_200 },
    together: {
      logs: 2,
      units: 3,
      soldUnits: 3,
      openUnits: 0,
      hammerFen: 10_800,
      paidFen: 10_800,
      paidUnits: 3,
    },
  });
  const bundle = async (showId: string) =>
    JSON.stringify(await market.must('GET', `/api/shows/${showId}/bundle`));
  const policy = await market.must<string>('GET', `/api/shows/${next}/policy`);
  const both = verifyContinued([await bundle(next), await bundle(before)], { policy, verify: verifyByNode });
  expect([both.verdict, both.findings]).toEqual(['ALL_SOLD_AND_SETTLED', []]);
  const said = await market.must<Verification>('GET', `/api/shows/${next}/verification`);
  expect(said.verdict).toBe('ALL_SOLD_AND_SETTLED');
  // Who kept a checkpoint from after the copy sees that leaves are gone, whatever anybody says.
  const kept = { policy, verify: verifyByNode, known: [known] };
  expect(verifyContinued([await bundle(next), await bundle(before)], kept).verdict).toBe('STALE');
  const run = await market.must<InvariantRun>('POST', '/api/invariants', officer);
  expect(run.invariants.filter(({ holds }) => holds !== 'yes')).toEqual([]);
}, 240_000);
