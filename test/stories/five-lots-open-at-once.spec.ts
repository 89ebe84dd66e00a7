import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoggedEvent, type Verification } from '@qingpai/wire';
import { Market, pot, shortRules } from './kit/market.js';

/** 限时竞价: five lots open at once, each with its own close; two buyers; a stranger judges what is left of it. */
const rules = {
  ...shortRules,
  openForMs: 2_000,
  hardEndMs: 10_000,
  timed: { openMax: 5, staggerMs: 700 },
};
const FIVE = ['L1', 'L2', 'L3', 'L4', 'L5'];

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

test('five lots are open at once, close one after the other, and the verifier finds all of it right', async () => {
  const lots = ['绣球', '长寿花', '洋桔梗', '玫瑰', '多肉', '茶花'].map((title) => pot({ title }));
  const { showId, host } = await market.openShow(lots, rules);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');

  // Six are more than may be open: then not one of them is.
  expect(await host.command({ name: 'offerAll', lots: [...FIVE, 'L6'] })).toMatchObject({
    ok: false,
    reason: 'too-many-open',
    errors: [{ path: '5' }],
  });
  expect(host.state.open).toEqual([]);

  const seen = [lin, wu].map((one) => one.event('lot.offered', 'L5'));
  const offered = await host.does({ name: 'offerAll', lots: FIVE });
  await Promise.all(seen);
  expect(lin.state.open).toEqual(FIVE);
  const closes = offered.map(({ body }) => (body as { closesAt: number }).closesAt - offered[0]!.t);
  expect(closes).toEqual([2_000, 2_700, 3_400, 4_100, 4_800]);
  expect(await host.command({ name: 'offer', lot: 'L6' })).toMatchObject({ reason: 'too-many-open' });

  // Both bid on several lots at once; each leads where he bid last.
  const ended = FIVE.map((lot) => host.event('lot.hammered', lot));
  const bids = await Promise.all(FIVE.map((lot, k) => (k % 2 ? wu : lin).bid(lot, 3_600)));
  expect(bids.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
  expect(await wu.bid('L1', 3_800)).toMatchObject({ ok: true });
  expect(await lin.bid('L1', 3_800)).toMatchObject({ ok: false, reason: 'not-above-price' });

  // In the last moments of the second lot: it alone is extended.
  const second = lin.state.lots.L2!.offerings[0]!.closesAt!;
  await new Promise((resolve) => setTimeout(resolve, second - Date.now() - 300));
  const late = await lin.bid('L2', 3_800);
  expect(late).toMatchObject({ ok: true });

  const hammered: Extract<LoggedEvent, { type: 'lot.hammered' }>[] = await Promise.all(ended);
  expect(hammered.map(({ body }) => [body.lot, body.bidder, body.unitPriceFen])).toEqual([
    ['L1', wu.me.bidder, 3_800],
    ['L2', lin.me.bidder, 3_800],
    ['L3', lin.me.bidder, 3_600],
    ['L4', wu.me.bidder, 3_600],
    ['L5', lin.me.bidder, 3_600],
  ]);
  const planned = offered.map(({ body }) => (body as { closesAt: number }).closesAt);
  const extended = (late.ok ? late.t : 0) + rules.extensionMs;
  expect(hammered.map(({ t }) => t)).toEqual(planned.with(1, extended));
  expect(host.state).toMatchObject({ open: [], block: null });
  expect(host.state.lots.L2!.offerings[0]!.extensions).toBe(1);

  // Each hammer since the last offering may still be undone, not the last one alone.
  const { sale } = hammered[0]!.body;
  await host.does({ name: 'undo', sale, reason: 'technical' });
  await host.does({ name: 'offer', lot: 'L1' });
  expect(
    await host.command({ name: 'undo', sale: hammered[1]!.body.sale, reason: 'technical' }),
  ).toMatchObject({
    reason: 'nothing-to-undo',
  });
  const again = host.event('lot.hammered', 'L1');
  expect(await wu.bid('L1', 3_600)).toMatchObject({ ok: true });
  await again;
  await host.does({ name: 'withdraw', lot: 'L6', reason: 'damaged' });
  await host.does({ name: 'close' });
  await judge(showId);
}, 60_000);

const COSIGNED_WITHIN_MS = 15_000;

/** The witness cosigns the close beside the show, a moment later. */
async function cosigned(showId: string): Promise<void> {
  for (const until = Date.now() + COSIGNED_WITHIN_MS; Date.now() < until;) {
    const told = await market.must<Verification>('GET', `/api/shows/${showId}/verification`);
    if (told.verdict !== 'UNTRUSTED') return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('nobody cosigned the close');
}

/** By the verifier that strangers run, over the bundle that anybody may fetch. */
async function judge(showId: string): Promise<void> {
  await cosigned(showId);
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-timed-'));
  try {
    const bundle = await market.must<object>('GET', `/api/shows/${showId}/bundle`);
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
    const policy = await market.must<string>('GET', `/api/shows/${showId}/policy`);
    writeFileSync(join(folder, 'policy'), policy);
    const verify = join(__dirname, '../../dist/apps/auditor/src/verify.js');
    const args = [verify, join(folder, 'bundle.json'), '--policy', join(folder, 'policy')];
    const told = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(told.stdout).toMatch(/\nALL_ACCOUNTED_NOT_ALL_SOLD\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
