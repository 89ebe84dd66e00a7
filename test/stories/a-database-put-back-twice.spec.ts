import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Certificate,
  type ContinuedVerification,
  type SeasonVerification,
  type Verification,
} from '@qingpai/wire';
import { Market, pot, shortRules } from './kit/market.js';
import { type Person } from './kit/person.js';

/** An evening whose disk is lost twice: three logs, each of which goes on from the one before, and one certificate. */
let market: Market;
let stick: string;
beforeAll(async () => {
  stick = mkdtempSync(join(tmpdir(), 'qingpai-stick-'));
  market = await Market.open();
}, 60_000);
afterAll(async () => {
  await market.close();
  rmSync(stick, { recursive: true, force: true });
});

const verifier = join(__dirname, '../../dist/apps/auditor/src/verify.js');
/** As an auditor does, in the folder he saved the files to. */
const judges = <T>(...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [verifier, ...args, '--json'], {
    ...{ cwd: stick, encoding: 'utf8' },
  });
  if (stdout === '') throw new Error(stderr);
  return { status, said: JSON.parse(stdout) as T };
};
const saves = async (name: string, path: string) => {
  const answer = await market.must<string | object>('GET', path);
  writeFileSync(join(stick, name), typeof answer === 'string' ? answer : JSON.stringify(answer));
};

const copies = (from: string, to: string) => {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
};
/** What happens meanwhile is lost with the disk; then the copy stands in its place. */
async function losesWhat(happens: () => Promise<void>): Promise<void> {
  const copy = join(market.dataDir, '..', 'copy');
  await market.stop();
  copies(market.dataDir, copy);
  await market.start();
  await happens();
  await market.stop();
  copies(copy, market.dataDir);
  await market.start();
}

test('three logs are judged together in any order, counted as one evening, and followed by the season', async () => {
  const [hostToken, officer] = await Promise.all([market.host(), market.officer()]);
  const titles = ['绣球', '君子兰', '蝴蝶兰', '茶花'];
  const rules = { ...shortRules, openForMs: 1_000 };
  const first = await market.draft(hostToken, titles.map((title) => pot({ title })), rules); // prettier-ignore
  const opens = async (showId: string) => {
    const host = await market.enter(showId, hostToken);
    await host.does({ name: 'seal' });
    await host.does({ name: 'open', reason: 'none-configured' });
    return host;
  };
  const sells = async (host: Person, lot: string, buyer: Person) => {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, buyer);
    expect(await buyer.bid(lot, 3_600)).toMatchObject({ ok: true });
    await hammered;
  };
  let cash = 0;
  const pays = async (showId: string, sale: string) => {
    const reference = `cash-00${(cash += 1)}`;
    const asked = { sales: [sale], amountFen: 3_600, channel: 'cash', reference, freshWord: 'in-person' };
    const at = `/api/shows/${showId}/payments`;
    const { id } = await market.must<{ id: string }>('POST', at, hostToken, asked);
    await market.must('POST', `${at}/${id}/decision`, officer, { confirm: true });
  };
  const goesOnFrom = async (showId: string) =>
    (await market.must<{ showId: string }>('POST', `/api/shows/${showId}/continue`, hostToken)).showId;
  const lotOf = (host: Person, title: string) =>
    Object.values(host.state.lots).find((lot) => lot.title === title)!.lot;
  /** Somebody sells the next lot in a history that nobody will have heard of. */
  const soldForNothing = (showId: string, title: string, buyer: Person) => async () => {
    const host = await market.enter(showId, hostToken);
    await sells(host, lotOf(host, title), await market.enter(showId, buyer.token, buyer.key));
  };

  const host = await opens(first);
  const lin = await market.signer(first, '小林');
  await sells(host, 'L1', lin);
  await pays(first, 'S1');
  await losesWhat(soldForNothing(first, '君子兰', lin));

  const second = await goesOnFrom(first);
  const again = await opens(second);
  const wu = await market.signer(second, '小吴');
  await sells(again, lotOf(again, '君子兰'), wu);
  await losesWhat(soldForNothing(second, '蝴蝶兰', wu));

  const third = await goesOnFrom(second);
  const last = await opens(third);
  const chen = await market.signer(third, '小陈');
  for (const title of ['蝴蝶兰', '茶花']) await sells(last, lotOf(last, title), chen);
  await last.does({ name: 'close' });
  const due = Object.values(last.state.sales).filter(({ phase }) => phase === 'awaiting');
  expect(due).toHaveLength(3);
  for (const { sale } of due) await pays(third, sale);

  type Payouts = {
    growers: { grower: string; payableFen: number }[];
    batches: { id: string; rows: { payout: string }[] }[];
  };
  const { growers } = await market.must<Payouts>('GET', `/api/shows/${third}/payouts`, officer);
  expect(growers.map(({ payableFen }) => payableFen)).toEqual([4 * 3_600]);
  const batch = { growers: [growers[0]!.grower], channel: 'cash' };
  const batchesAt = `/api/shows/${third}/payout-batches`;
  const { batches } = await market.must<Payouts>('POST', batchesAt, officer, batch);
  const rows = batches[0]!.rows.map(({ payout }) => ({ payout, reference: `NX-${payout}` }));
  await market.must('POST', `${batchesAt}/${batches[0]!.id}/confirmation`, hostToken, { rows });
  await last.does({ name: 'settle' });

  const certificate = await market.must<Certificate>('GET', `/api/shows/${third}/certificate`);
  expect(certificate).toMatchObject({
    takenOver: { sales: 2, units: 2, paidFen: 7_200 },
    together: { logs: 3, units: 4, soldUnits: 4, openUnits: 0, hammerFen: 14_400, paidFen: 14_400 },
  });
  const said = await market.must<Verification>('GET', `/api/shows/${third}/verification`);
  expect([said.verdict, said.findings]).toEqual(['ALL_SOLD_AND_SETTLED', []]);

  for (const [name, showId] of Object.entries({ 'first.json': first, 'second.json': second, 'third.json': third })) {
    await saves(name, `/api/shows/${showId}/bundle`);
  } // prettier-ignore
  await saves('policy.txt', `/api/shows/${third}/policy`);
  const policy = ['--policy', 'policy.txt'];
  for (const order of [
    ['first.json', 'second.json', 'third.json'],
    ['third.json', 'first.json', 'second.json'],
    ['second.json', 'third.json', 'first.json'],
  ]) {
    const { status, said: all } = judges<ContinuedVerification>(...order, ...policy);
    expect([status, all.verdict, all.findings]).toEqual([0, 'ALL_SOLD_AND_SETTLED', []]);
    expect(all.before).toHaveLength(2);
  }
  // Whoever leaves one of them out does not have the evening.
  for (const some of [['third.json'], ['second.json', 'third.json']]) {
    expect(judges<ContinuedVerification>(...some, ...policy).said.verdict).toBe('INCOMPLETE');
  }

  await saves('registry.txt', '/api/townships/siqiao/policy');
  const judgesSeason = async () => {
    await saves('season.json', '/api/townships/siqiao/season');
    return judges<SeasonVerification>('--season', 'season.json', '--policy', 'registry.txt');
  };
  let season = await judgesSeason();
  // The witness comes back in its own time, after a restart.
  while (season.said.findings.some(({ code }) => code === 'quorum-missing')) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    season = await judgesSeason();
  }
  expect([season.status, season.said.findings]).toEqual([0, []]);
  expect(season.said.shows.map(({ standing }) => standing)).toEqual(['continued', 'continued', 'judged']);
}, 300_000);
