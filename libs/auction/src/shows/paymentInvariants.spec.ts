import { randomUUID } from 'node:crypto';
import { paymentsInvariants } from '@qingpai/payments';
import { FakeStripe } from '@qingpai/payments/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { rowsAgainst } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

let township: TownshipApp;
let owner: DataSource;
let stripe: FakeStripe;

/** Three sales: one paid by hand, as two persons saw; two paid online, of which some went back. */
beforeAll(async () => {
  stripe = await FakeStripe.open();
  township = await townshipApp({ provider: stripe.provider() });
  owner = await new DataSource({ type: 'postgres', url: township.database.ownerUrl }).initialize();
  const { host, officer } = township.people;
  const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
  const { showId } = (await township.post('/api/shows', host, { title: '专场', rules })).json();
  const lot = {
    ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1, title: '绣球' },
    ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
  };
  for (let n = 0; n < 3; n += 1) await township.post(`/api/shows/${showId}/lots`, host, lot);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const token = await township.buyer('阿梅', showId);
  const member = await township.members.sessionOf(undefined, `Bearer ${token}`);
  const { bidder, id } = await township.store.newcomer(showId, member!.memberId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, member!.memberId));
  for (const id of ['L1', 'L2', 'L3']) {
    await done(desk.command({ by: 'host', name: 'offer', lot: id }));
    await done(desk.bid(bidOf(5_000, { lot: id }), { bidder }));
    await until(() => desk.state.lots[id]!.phase === 'hammered');
  }
  const money = { sales: ['S1'], amountFen: 5_000, channel: 'cash', reference: '收据 1' };
  const body = { ...money, freshWord: 'in-person' };
  const payment = (await township.post(`/api/shows/${showId}/payments`, host, body)).json().id;
  await township.post(`/api/shows/${showId}/payments/${payment}/decision`, officer, { confirm: true });
  const parcel = {
    how: 'parcel',
    name: '林',
    phone: '13900000003',
    province: '35',
    city: '周宁',
    address: '7',
  };
  await township.put(`/api/shows/${showId}/my-parcel`, token, { parcel });
  await township.post(`/api/shows/${showId}/my-parcel/fresh`, token);
  const paying = await township.post(`/api/shows/${showId}/my-payment`, token, { consent: true });
  const { order, payUrl } = paying.json();
  stripe.pay(payUrl);
  for (const event of stripe.events) {
    const { payload, signature } = FakeStripe.signed(event);
    await township.app.inject({
      ...{ method: 'POST', url: '/api/stripe/webhook', payload },
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    });
  }
  const back = { refund: randomUUID(), sale: 'S2', amountFen: 400 };
  const refunded = await township.post(`/api/shows/${showId}/orders/${order.order}/refunds`, officer, back);
  expect(refunded.json().state).toBe('given');
  const byHand = { refund: randomUUID(), sale: 'S1', amountFen: 400, channel: 'cash', reference: '退 1' };
  expect((await township.post(`/api/shows/${showId}/hand-refunds`, host, byHand)).json().state).toBe('given');
});
afterAll(async () => {
  await stripe.close();
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

test('honest payments break none of them', async () => {
  expect(await owner.query(`SELECT state FROM orders`)).toEqual([{ state: 'paid' }]);
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
    UPDATE payment_sales SET sale = 'S9'`,
  'a sale is paid by one means at most': `
    INSERT INTO orders SELECT gen_random_uuid(), show_id, bidder, 5000, 'open', return_url, consent_at, created_at,
      expires_at FROM orders;
    INSERT INTO order_sales SELECT id, 'S1', show_id, 5000, false FROM orders WHERE state = 'open'`,
  'an order is the sum of its sales, and holds them while it may be paid': `
    UPDATE order_sales SET let_go = true`,
  'an order is charged at most once, and exactly': `UPDATE orders SET charge = 'pi_of_somebody_else'`,
  'what went back online is in the log, and nothing else': `UPDATE order_refunds SET ref = 're_of_another'`,
  'freight that moved is in the log, and nothing else': `
    UPDATE payments SET freight_fen = 1, amount_fen = amount_fen + 1`,
  'what went back by hand is in the log, and nothing else': `UPDATE hand_refunds SET amount_fen = 399`,
  'nobody gives back more than he may alone': `UPDATE shows SET rules = rules #- '{afterSale}'`,
  'a deposit that moved is in the log, and nothing else': `
    INSERT INTO deposit_orders SELECT gen_random_uuid(), show_id, bidder, 5000, 'paid', return_url, consent_at, created_at,
      expires_at, NULL, 'pi_nobody_held', NULL, sha256('x') FROM orders`,
  'a deposit paid online goes back once, and what could not be held goes back whole': `
    INSERT INTO deposit_orders SELECT gen_random_uuid(), show_id, bidder, 5000, 'sent-back', return_url, consent_at,
      created_at, expires_at, NULL, 'pi_kept', NULL, sha256('x') FROM orders`,
  'what growers gave back, or carry on, is in the log, and nothing else': `
    INSERT INTO clawback_repayments SELECT gen_random_uuid(), show_id, 'S1', 'grower', 1, 'cash', sha256('9'), 'confirmed',
      recorded_by, recorded_at, decided_by, decided_at FROM payments`,
  'never more goes back than came': `
    INSERT INTO order_refunds SELECT gen_random_uuid(), order_id, show_id, sale, 4601, 'asked', asked_by, asked_at
      FROM order_refunds`,
  'each webhook is applied once, and none is stuck': `
    UPDATE provider_events SET times = times + 1`,
  'two persons saw every case': `
    ALTER TABLE payment_cases DROP CONSTRAINT payment_cases_two_persons;
    INSERT INTO payment_cases SELECT gen_random_uuid(), show_id, 'disputed', id, 'other', '', recorded_by, now(),
      recorded_by, now(), 'x' FROM payments`,
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

const alsoPlanted: [string, string, string][] = [
  [
    'a webhook that nobody could apply for two hours',
    `INSERT INTO provider_events VALUES ('evt_stuck', 'x', NULL, now() - interval '2 hours', NULL, 0)`,
    'each webhook is applied once, and none is stuck',
  ],
  [
    'a charge of another amount than the log says',
    `UPDATE order_sales SET amount_fen = amount_fen + CASE sale WHEN 'S2' THEN 1 ELSE -1 END`,
    'an order is charged at most once, and exactly',
  ],
  [
    'a charge that the orders know nothing of',
    `UPDATE orders SET state = 'open'; DELETE FROM order_refunds`,
    'an order is charged at most once, and exactly',
  ],
  [
    'freight that the log alone knows of',
    `UPDATE orders SET freight_fen = 0, amount_fen = amount_fen - freight_fen`,
    'freight that moved is in the log, and nothing else',
  ],
  [
    'a refund that the log knows nothing of',
    `INSERT INTO order_refunds SELECT gen_random_uuid(), order_id, show_id, 'S3', 1, 'given', asked_by, asked_at, 're_9',
      answer_hash FROM order_refunds`,
    'what went back online is in the log, and nothing else',
  ],
  [
    'a refund online for which one person’s word was not enough',
    `UPDATE order_refunds SET amount_fen = 5001`,
    'nobody gives back more than he may alone',
  ],
];
for (const [what, sql, name] of alsoPlanted) {
  test(`${what} is seen`, async () => {
    expect(await brokenBy((manager) => manager.query(sql))).toContain(name);
  });
}
