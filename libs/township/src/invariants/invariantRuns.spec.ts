import { startMs, StoredShow, storedTownship, type StoredTownship } from '@qingpai/auction/testing';
import { type InvariantRun } from '@qingpai/wire';
import { Client } from 'pg';
import { type Check, checksOn } from './checks.js';
import { InvariantRuns } from './invariantRuns.js';

let township: StoredTownship;
let showId: string;
const alarms: { name: string; holds: string; rows: readonly object[] }[] = [];

beforeAll(async () => {
  township = await storedTownship();
  showId = await township.newShow();
  const show = await StoredShow.takeOver(township, showId);
  for (const n of [1, 2]) await show.catalogue(startMs + n, n, { startFen: 1_000 });
  const mei = await show.register(startMs + 3, await township.buyer('阿梅', showId));
  await show.seal(startMs + 4);
  await show.play(startMs + 5, { by: 'host', name: 'open', reason: 'none-configured' });
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    const t = startMs + 100_000 * (k + 1);
    await show.play(t, { by: 'host', name: 'offer', lot });
    await show.play(t + 1, show.bidOf(mei, lot, 1_000));
    await show.play(t + 90_000);
  }
  await show.play(startMs + 300_000, { by: 'host', name: 'undo', sale: 'S2', reason: 'technical' });
});
afterAll(() => township.database.close());
beforeEach(() => void (alarms.length = 0));

const runsOf = (more: readonly Check[] = [], nowMs = () => startMs) => {
  const { dataSource } = township.database;
  return new InvariantRuns({
    db: dataSource,
    checks: [...checksOn(dataSource, township.ledger), ...more],
    alarm: (name, { holds, rows }) => void alarms.push({ name, holds, rows }),
    nowMs,
  });
};
const broken = ({ invariants }: InvariantRun) =>
  invariants.filter(({ holds }) => holds !== 'yes').map(({ name, holds }) => `${name}: ${holds}`);

async function asOwner(sql: string): Promise<void> {
  const owner = new Client({ connectionString: township.database.ownerUrl });
  await owner.connect();
  await owner.query(sql).finally(() => owner.end());
}

test('an honest evening holds, nobody is alarmed, and the next server knows when somebody looked', async () => {
  const run = await runsOf().run();
  expect(run.invariants.length).toBeGreaterThanOrEqual(30);
  expect([broken(run), alarms]).toEqual([[], []]);
  expect(await runsOf().last()).toEqual(run);
});

test("a total that is not the sum of the sales is seen: the log's own sale is missing in the books", async () => {
  await asOwner(`UPDATE sales SET unit_price_fen = unit_price_fen + 1 WHERE sale = 'S1'`);
  const run = await runsOf().run();
  await asOwner(`UPDATE sales SET unit_price_fen = unit_price_fen - 1 WHERE sale = 'S1'`);
  expect(broken(run)).toContain("the township's totals are the sales' totals: no");
  expect(alarms.find(({ name }) => name.startsWith("the township's"))!.rows).toHaveLength(1);
  expect(broken(await runsOf().run())).toEqual([]);
});

test('a leaf that was changed behind the guards is seen: the log does not recompute', async () => {
  const change = (from: string, to: string) => `
    ALTER TABLE leaves DISABLE TRIGGER append_only;
    UPDATE leaves SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '${from}', '${to}'), 'UTF8')
      WHERE convert_from(bytes, 'UTF8') LIKE '%"lot.catalogued"%';
    ALTER TABLE leaves ENABLE ALWAYS TRIGGER append_only`;
  await asOwner(change('"unit":"盆"', '"unit":"个"'));
  const run = await runsOf().run();
  await asOwner(change('"unit":"个"', '"unit":"盆"'));
  expect(broken(run)).toEqual(['every log recomputes to its signed heads: no']);
});

test('what could not be looked at is no yes, and raises the alarm too', async () => {
  const away: Check = { name: 'away', zh: '查不了', against: () => Promise.reject(new Error('timeout')) };
  const run = await runsOf([away]).run();
  expect(broken(run)).toEqual(['away: unknown']);
  expect(alarms).toEqual([{ name: 'away', holds: 'unknown', rows: [] }]);
});

test('who asks while a look is under way gets that one', async () => {
  let looks = 0;
  const counted: Check = { name: 'counted', zh: '计数', against: async () => ((looks += 1), []) };
  const runs = runsOf([counted]);
  const [a, b] = await Promise.all([runs.run(), runs.run()]);
  expect([looks, a === b]).toEqual([1, true]);
});
