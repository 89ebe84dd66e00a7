import { paymentsInvariants } from '@qingpai/payments';
import { DataSource, type EntityManager } from 'typeorm';
import { rowsAgainst } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

let township: TownshipApp;
let owner: DataSource;

/** Two sales, one of them paid by a payment that two persons saw. */
beforeAll(async () => {
  township = await townshipApp();
  owner = await new DataSource({ type: 'postgres', url: township.database.ownerUrl }).initialize();
  const { host, officer } = township.people;
  const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
  const { showId } = (await township.post('/api/shows', host, { title: '专场', rules })).json();
  const lot = {
    ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1, title: '绣球' },
    ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
  };
  for (let n = 0; n < 2; n += 1) await township.post(`/api/shows/${showId}/lots`, host, lot);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const member = await township.members.sessionOf(
    undefined,
    `Bearer ${await township.buyer('阿梅', showId)}`,
  );
  const { bidder, id } = await township.store.newcomer(showId, member!.memberId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, member!.memberId));
  for (const id of ['L1', 'L2']) {
    await done(desk.command({ by: 'host', name: 'offer', lot: id }));
    await done(desk.bid(bidOf(5_000, { lot: id }), { bidder }));
    await until(() => desk.state.lots[id]!.phase === 'hammered');
  }
  const body = { sales: ['S1'], amountFen: 5_000, channel: 'cash', reference: '收据 1' };
  const payment = (await township.post(`/api/shows/${showId}/payments`, host, body)).json().id;
  await township.post(`/api/shows/${showId}/payments/${payment}/decision`, officer, { confirm: true });
});
afterAll(async () => {
  await owner.destroy();
  await township.close();
});

class Undone extends Error {}

async function brokenBy(plant: (manager: EntityManager) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  await owner
    .transaction(async (manager) => {
      await plant(manager);
      for (const one of paymentsInvariants) {
        if ((await rowsAgainst(manager, one)).length > 0) found.push(one.name);
      }
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return found;
}

test('an honest payment breaks none of them', async () => {
  expect(await owner.query(`SELECT state FROM payments`)).toEqual([{ state: 'confirmed' }]);
  expect(await brokenBy(() => Promise.resolve())).toEqual([]);
});

const unguarded = 'ALTER TABLE payments DROP CONSTRAINT';
const planted: Record<string, string> = {
  'a sale is under one payment at most': `
    DROP INDEX payment_sales_once;
    INSERT INTO payments SELECT gen_random_uuid(), show_id, bidder, amount_fen, channel, reference, sha256('2'), photo,
      photo_hash, 'recorded', recorded_by, recorded_at, NULL, NULL, sealed_for FROM payments;
    INSERT INTO payment_sales SELECT id, 'S1', show_id, amount_fen, false FROM payments WHERE state = 'recorded'`,
  'a payment is the sum of its sales': `UPDATE payments SET amount_fen = amount_fen + 1`,
  'two persons decided every payment': `
    ${unguarded} payments_two_persons; UPDATE payments SET decided_by = recorded_by`,
  'what was confirmed is in the log, and nothing else': `
    UPDATE payment_sales SET sale = 'S2'`,
};

test('each invariant has its violation', () => {
  expect(Object.keys(planted)).toEqual(paymentsInvariants.map(({ name }) => name));
});
for (const [name, sql] of Object.entries(planted)) {
  test(`its violation is seen: ${name}`, async () => {
    expect(await brokenBy((manager) => manager.query(sql))).toEqual([name]);
  });
}

test('a charge that nobody confirmed is seen', async () => {
  const undecided = `UPDATE payments SET state = 'recorded', decided_by = NULL, decided_at = NULL`;
  expect(await brokenBy((manager) => manager.query(undecided))).toEqual([
    'what was confirmed is in the log, and nothing else',
  ]);
});
